package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import dev.turnpike.edge.wire.ChatRequest.RequestScan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scans a request body once, in place, and refuses what a gateway and an upstream could read
 * differently. Heap use does not depend on the body, apart from names (bounded) and what {@link
 * ChatRequest} keeps.
 */
public final class ChatRequestReader {
    /** Most pairs of {@code metadata}. */
    public static final int METADATA_PAIRS_MAX = 16;

    /** Names and values of {@code metadata} together, in characters: OpenAI's own bounds. */
    public static final int METADATA_CHARS_MAX = METADATA_PAIRS_MAX * (64 + 512);

    /**
     * The part of them that is kept for the record of the request, in characters: the first pairs,
     * as many as fit whole.
     */
    public static final int METADATA_KEPT_CHARS_MAX = 1_024;

    /** Longest model, in characters. */
    public static final int MODEL_CHARS_MAX = 512;

    /** Most choices. */
    public static final int CHOICES_MAX = 128;

    private static final int USER_CHARS_MAX = 512;

    /** The members that are read. */
    private static final NameTable MEMBERS =
            NameTable.of(
                    "model",
                    "stream",
                    "stream_options",
                    "max_tokens",
                    "max_completion_tokens",
                    "max_output_tokens",
                    "n",
                    "metadata",
                    "user",
                    "encoding_format",
                    "previous_response_id",
                    "background",
                    "conversation",
                    "tools",
                    "functions",
                    "response_format",
                    "instructions",
                    "system",
                    "messages",
                    "prompt",
                    "input");

    /** The longest spelling of one character in JSON. */
    private static final int ESCAPED_CHAR_BYTES = 6;

    private final byte[] body;
    private final RequestShape shape;
    private final @Nullable String pathModel;
    private final JsonCursor cursor;
    private final RequestScan scan = new RequestScan();
    private int kept;

    private ChatRequestReader(
            byte[] body, int from, int to, RequestShape shape, @Nullable String pathModel) {
        this.body = body;
        this.shape = shape;
        this.pathModel = pathModel;
        this.cursor = JsonCursor.strict(body, from, to);
        scan.shape = shape;
        scan.chatOptions = shape == RequestShape.CHAT || shape == RequestShape.COMPLETIONS;
    }

    /** Reads a chat body. */
    public static ChatRequest read(byte[] body) throws BodyFaultException {
        return read(body, 0, body.length, RequestShape.CHAT, null);
    }

    /**
     * @param body shared with the result; a byte order mark at its front is dropped
     * @param pathModel the model that the URL names; it counts, whatever the body says
     * @throws BodyFaultException saying what is wrong and with which member
     */
    public static ChatRequest read(
            byte[] body, int offset, int length, RequestShape shape, @Nullable String pathModel)
            throws BodyFaultException {
        int from = offset + bom(body, offset, length);
        int to = offset + length;
        var reader = new ChatRequestReader(body, from, to, shape, pathModel);
        try {
            reader.document();
        } catch (JsonFaultException e) {
            throw reader.refused(e);
        }
        return new ChatRequest(body, new ByteRange(from, to), reader.scan);
    }

    private BodyFaultException refused(JsonFaultException fault) {
        boolean named = fault.reason() == JsonFaultException.Reason.DUPLICATE_NAME;
        return BodyFaultException.of(fault, named ? cursor.text() : "");
    }

    private static int bom(byte[] body, int offset, int length) {
        boolean marked =
                length >= 3
                        && body[offset] == (byte) 0xef
                        && body[offset + 1] == (byte) 0xbb
                        && body[offset + 2] == (byte) 0xbf;
        return marked ? 3 : 0;
    }

    private void document() throws JsonFaultException, BodyFaultException {
        if (cursor.peek() != '{') {
            cursor.skipValue();
            throw new BodyFaultException(
                    Reason.INVALID_TYPE, null, "the body must be a JSON object");
        }
        cursor.enterObject();
        kept = cursor.position();
        scan.open = kept;
        while (cursor.nextName()) {
            scan.empty = false;
            member();
        }
        cursor.end();
        if (pathModel != null) {
            scan.model = checked(pathModel);
        } else if (scan.modelMember == null) {
            throw missing("model");
        }
        var promptName = shape.promptName();
        if (promptName != null && shape.promptRequired() && scan.prompt == null) {
            throw missing(promptName);
        }
    }

    private void member() throws JsonFaultException, BodyFaultException {
        if (KnownNames.REQUEST.variant(body, cursor.textFrom(), cursor.textTo())) {
            throw ambiguous();
        }
        int nameFrom = cursor.textFrom() - 1;
        var name = MEMBERS.find(body, cursor.textFrom(), cursor.textTo());
        int from = cursor.position();
        if (name == null) {
            cursor.skipValue();
        } else {
            value(name, cursor.peek());
        }
        int to = cursor.position();
        if (name != null) {
            place(name, nameFrom, from);
        }
        kept = to;
    }

    private void value(String name, byte first) throws JsonFaultException, BodyFaultException {
        switch (name) {
            case "model" -> model(first);
            case "stream" -> scan.stream = bool("stream", first);
            case "stream_options" -> options(first);
            case "max_tokens", "max_completion_tokens", "max_output_tokens" ->
                    maxTokens(name, first);
            case "n" -> choices(first);
            case "metadata" -> metadata(first);
            case "user" -> user(first);
            case "encoding_format" -> encoding(first);
            case "previous_response_id" -> previousResponse(first);
            case "background", "conversation" -> stateful(name, first);
            case "tools", "functions", "response_format", "instructions" -> {
                int from = cursor.position();
                cursor.skipValue();
                scan.toolBytes += cursor.position() - from;
            }
            default -> {
                if (shape == RequestShape.MESSAGES && name.equals("system")) {
                    system(first);
                } else if (name.equals(shape.promptName())) {
                    prompt(name, first);
                } else {
                    cursor.skipValue();
                }
            }
        }
    }

    /** Remembers where what may be rewritten stands: the member whose value was just read. */
    private void place(String name, int nameFrom, int from) {
        switch (name) {
            case "model" -> scan.modelMember = memberAt(nameFrom, from);
            case "stream" -> scan.streamMember = memberAt(nameFrom, from);
            case "stream_options" -> scan.options = memberAt(nameFrom, from);
            case "metadata" -> scan.metadataMember = memberAt(nameFrom, from);
            case "previous_response_id" -> scan.previousMember = memberAt(nameFrom, from);
            default -> {}
        }
    }

    private ObjectMember memberAt(int nameFrom, int from) {
        var value = new ByteRange(from, cursor.position());
        return new ObjectMember(nameFrom, value, kept, cursor.commaAfter());
    }

    private void model(byte first) throws JsonFaultException, BodyFaultException {
        if (first != '"') {
            throw wrongType("model", "a string");
        }
        cursor.string();
        if (pathModel == null) { // Azure's clients say nothing here.
            scan.model = checked(cursor.text());
        }
    }

    private static String checked(String model) throws BodyFaultException {
        if (model.isEmpty() || model.length() > MODEL_CHARS_MAX) {
            throw new BodyFaultException(
                    model.isEmpty() ? Reason.EMPTY_STRING : Reason.STRING_ABOVE_MAX_LENGTH,
                    "model",
                    "'model' must have 1 to " + MODEL_CHARS_MAX + " characters");
        }
        return model;
    }

    private boolean bool(String name, byte first) throws JsonFaultException, BodyFaultException {
        if (first != 't' && first != 'f' && first != 'n') {
            throw wrongType(name, "a boolean");
        }
        cursor.skipValue();
        return first == 't';
    }

    private void options(byte first) throws JsonFaultException, BodyFaultException {
        if (first == 'n') {
            cursor.skipValue();
            return;
        }
        if (first != '{') {
            throw wrongType("stream_options", "an object");
        }
        scan.optionsAreObject = true;
        cursor.enterObject();
        while (cursor.nextName()) {
            scan.optionsAreEmpty = false;
            if (KnownNames.OPTIONS.variant(body, cursor.textFrom(), cursor.textTo())) {
                throw ambiguous();
            }
            var name = cursor.text();
            int from = cursor.position();
            if (name.equals("include_usage")) {
                scan.includeUsage = bool("stream_options.include_usage", cursor.peek());
                scan.includeUsageValue = new ByteRange(from, cursor.position());
            } else {
                scan.optionsHaveOthers = true;
                cursor.skipValue();
                if (name.equals("continuous_usage_stats")) {
                    scan.continuousUsageValue = new ByteRange(from, cursor.position());
                }
            }
        }
    }

    private void maxTokens(String name, byte first) throws JsonFaultException, BodyFaultException {
        int value = integer(name, first, 0, Integer.MAX_VALUE);
        if (value >= 0) {
            scan.maxTokens = scan.maxTokens < 0 ? value : Math.min(value, scan.maxTokens);
        }
    }

    private void choices(byte first) throws JsonFaultException, BodyFaultException {
        int value = integer("n", first, 1, CHOICES_MAX);
        scan.choices = value < 0 ? 1 : value;
    }

    /** An integer within bounds, or -1 for null. */
    private int integer(String name, byte first, int min, int max)
            throws JsonFaultException, BodyFaultException {
        int from = cursor.position();
        cursor.skipValue();
        if (first == 'n') {
            return -1;
        }
        long value = 0;
        int start = first == '-' ? from + 1 : from;
        for (int i = start; i < cursor.position(); i++) {
            int digit = body[i] - '0';
            if (digit < 0 || digit > 9) {
                throw wrongType(name, "an integer");
            }
            value = Math.min(Integer.MAX_VALUE + 1L, value * 10 + digit);
        }
        if (first == '-' || value < min || value > max) {
            throw new BodyFaultException(
                    first == '-' || value < min
                            ? Reason.INTEGER_BELOW_MIN_VALUE
                            : Reason.INTEGER_ABOVE_MAX_VALUE,
                    name,
                    "'" + name + "' must be " + min + " to " + max);
        }
        return (int) value;
    }

    private void metadata(byte first) throws JsonFaultException, BodyFaultException {
        if (first == 'n') {
            cursor.skipValue();
            return;
        }
        if (first != '{') {
            throw wrongType("metadata", "an object");
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        List<String> unrecorded = new ArrayList<>(0);
        int count = 0;
        int chars = 0;
        int keptChars = 0;
        cursor.enterObject();
        while (cursor.nextName()) {
            var name = cursor.text();
            if (cursor.peek() == 'n' && shape == RequestShape.MESSAGES) {
                cursor.skipValue();
                continue;
            }
            if (cursor.peek() != '"') {
                throw wrongType("metadata", "an object of strings");
            }
            cursor.string();
            if (cursor.textTo() - cursor.textFrom() > ESCAPED_CHAR_BYTES * METADATA_CHARS_MAX) {
                throw tooMuchMetadata(Reason.STRING_ABOVE_MAX_LENGTH); // Not even read.
            }
            var value = cursor.text();
            int length = name.length() + value.length();
            count++;
            chars += length;
            if (count > METADATA_PAIRS_MAX) {
                throw tooMuchMetadata(Reason.OBJECT_ABOVE_MAX_PROPERTIES);
            }
            if (chars > METADATA_CHARS_MAX) {
                throw tooMuchMetadata(Reason.STRING_ABOVE_MAX_LENGTH);
            }
            if (keptChars + length <= METADATA_KEPT_CHARS_MAX) {
                pairs.put(name, value);
            } else {
                unrecorded.add("metadata." + name);
            }
            keptChars += length; // So that none is kept behind one that is not.
        }
        scan.metadata = pairs;
        scan.unrecorded = unrecorded;
    }

    private static BodyFaultException tooMuchMetadata(Reason reason) {
        return new BodyFaultException(
                reason,
                "metadata",
                "'metadata' must not have more than 16 pairs or 9216 characters");
    }

    private void user(byte first) throws JsonFaultException, BodyFaultException {
        if (first == 'n') {
            cursor.skipValue();
            return;
        }
        if (first != '"') {
            throw wrongType("user", "a string");
        }
        cursor.string();
        if (cursor.textTo() - cursor.textFrom() > USER_CHARS_MAX) {
            throw new BodyFaultException(
                    Reason.STRING_ABOVE_MAX_LENGTH,
                    "user",
                    "'user' must not be longer than " + USER_CHARS_MAX + " characters");
        }
        scan.user = cursor.text();
    }

    private void encoding(byte first) throws JsonFaultException {
        if (first == '"') {
            cursor.string();
            scan.base64 = cursor.textIs("base64");
        } else {
            cursor.skipValue();
        }
    }

    private void previousResponse(byte first) throws JsonFaultException, BodyFaultException {
        if (first == '"') {
            cursor.string();
            scan.previousResponse = cursor.text();
        } else if (first == 'n') {
            cursor.skipValue();
        } else {
            throw wrongType("previous_response_id", "a string");
        }
    }

    /** What goes on at the target when the answer is over cannot be charged. */
    private void stateful(String name, byte first) throws JsonFaultException, BodyFaultException {
        cursor.skipValue();
        if (shape == RequestShape.RESPONSES && first != 'n' && first != 'f') {
            throw new BodyFaultException(
                    Reason.UNSUPPORTED_PARAMETER, name, "'" + name + "' is not supported here");
        }
    }

    private void system(byte first) throws JsonFaultException, BodyFaultException {
        if (first != 'n' && first != '"' && first != '[') {
            throw wrongType("system", "a string or an array");
        }
        int from = cursor.position();
        var walker = new PromptWalker(scan);
        walker.value(body, cursor, true);
        scan.system = new ByteRange(from, cursor.position());
    }

    private void prompt(String name, byte first) throws JsonFaultException, BodyFaultException {
        int from = cursor.position();
        var walker = new PromptWalker(scan);
        if (first == '[') {
            elements(name, walker);
        } else if (first == '"' && !shape.listsMessages()) {
            walker.value(body, cursor, true);
        } else {
            throw wrongType(name, shape.listsMessages() ? "an array" : "a string or an array");
        }
        scan.promptNumbers = walker.numbers();
        scan.attachments = walker.attachments();
        scan.prompt = new ByteRange(from, cursor.position());
    }

    private void elements(String name, PromptWalker walker)
            throws JsonFaultException, BodyFaultException {
        cursor.enterArray();
        while (cursor.nextElement()) {
            if (shape.listsMessages()) {
                if (cursor.peek() != '{') {
                    throw wrongType(name + "[" + scan.messages + "]", "an object");
                }
                message(walker);
            } else {
                walker.value(body, cursor, true);
            }
            scan.messages++;
        }
        if (scan.messages == 0) {
            throw new BodyFaultException(
                    Reason.EMPTY_ARRAY, name, "'" + name + "' must not be empty");
        }
    }

    private void message(PromptWalker walker) throws JsonFaultException, BodyFaultException {
        cursor.enterObject();
        while (cursor.nextName()) {
            if (KnownNames.MESSAGE.variant(body, cursor.textFrom(), cursor.textTo())) {
                throw ambiguous();
            }
            walker.member(body, cursor);
        }
    }

    private BodyFaultException ambiguous() {
        return new BodyFaultException(
                Reason.UNKNOWN_PARAMETER,
                cursor.text(),
                "a parameter is not spelled as documented");
    }

    private static BodyFaultException missing(String name) {
        return new BodyFaultException(
                Reason.MISSING_REQUIRED_PARAMETER, name, "you must provide '" + name + "'");
    }

    private static BodyFaultException wrongType(String name, String wanted) {
        return new BodyFaultException(
                Reason.INVALID_TYPE, name, "'" + name + "' must be " + wanted);
    }
}
