package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields that matter in a {@code multipart/form-data} body, in place. What two readers
 * could take for different things is refused: a field twice, a part without an end, a name that
 * differs from {@code model} in case only.
 */
public final class MultipartReader {
    /** Most parts of one body. */
    static final int PARTS_MAX = 64;

    /** Longest head of a part, in bytes. */
    static final int PART_HEAD_BYTES_MAX = 8 << 10;

    /** Longest boundary, as RFC 2046 has it. */
    static final int BOUNDARY_CHARS_MAX = 70;

    private static final String TYPE = "multipart/form-data";
    private static final byte[] HEAD_END = ascii("\r\n\r\n");

    private final byte[] body;
    private final byte[] delimiter;
    private final String boundary;
    private @Nullable ByteRange model;
    private @Nullable ByteRange stream;

    private MultipartReader(byte[] body, String boundary) {
        this.body = body;
        this.boundary = boundary;
        this.delimiter = ascii("\r\n--" + boundary);
    }

    /** Whether a content type is the one read here. */
    public static boolean accepts(String contentType) {
        return contentType.regionMatches(true, 0, TYPE, 0, TYPE.length());
    }

    /**
     * @param body shared with the result
     * @param pathModel the model that the URL names; it counts, whatever the body says
     * @throws BodyFaultException saying what is wrong
     */
    public static MultipartRequest read(byte[] body, String contentType, @Nullable String pathModel)
            throws BodyFaultException {
        var reader = new MultipartReader(body, boundary(contentType));
        reader.parts();
        var value = reader.model;
        if (value == null && pathModel == null) {
            throw new BodyFaultException(
                    Reason.MISSING_REQUIRED_PARAMETER, "model", "you must provide 'model'");
        }
        var model = pathModel != null ? pathModel : reader.text(value);
        if (model.isEmpty() || model.length() > ChatRequestReader.MODEL_CHARS_MAX) {
            throw new BodyFaultException(
                    Reason.INVALID_VALUE,
                    "model",
                    "'model' must have 1 to " + ChatRequestReader.MODEL_CHARS_MAX + " characters");
        }
        boolean streams = reader.text(reader.stream).equalsIgnoreCase("true");
        return new MultipartRequest(body, reader.boundary, model, value, streams);
    }

    private static String boundary(String contentType) throws BodyFaultException {
        if (!accepts(contentType)) {
            throw fault("the body must be " + TYPE);
        }
        var lower = contentType.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("boundary=");
        if (at < 0) {
            throw fault("the content type names no boundary");
        }
        var text = contentType.substring(at + "boundary=".length()).strip();
        if (text.startsWith("\"")) {
            int end = text.indexOf('"', 1);
            text = end < 0 ? "" : text.substring(1, end);
        } else {
            int end = text.indexOf(';');
            text = end < 0 ? text : text.substring(0, end).strip();
        }
        if (text.isEmpty()
                || text.length() > BOUNDARY_CHARS_MAX
                || !text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"')) {
            throw fault("the content type names no usable boundary");
        }
        return text;
    }

    private void parts() throws BodyFaultException {
        int at = start();
        for (int parts = 0; ; parts++) {
            if (startsWith(at, "--")) {
                return;
            }
            if (parts == PARTS_MAX || !startsWith(at, "\r\n")) {
                throw fault("the multipart body is malformed or has too many parts");
            }
            at = part(at + 2);
        }
    }

    /** Behind the first boundary, in front of which there may be nothing. */
    private int start() throws BodyFaultException {
        if (!matches(0, delimiter, 2)) {
            throw fault("the body does not begin with its boundary");
        }
        return delimiter.length - 2;
    }

    private int part(int from) throws BodyFaultException {
        int limit = Math.min(body.length, from + PART_HEAD_BYTES_MAX);
        int headEnd = find(HEAD_END, from, limit);
        if (headEnd < 0) {
            throw fault("a part of the body has no end of its head");
        }
        int value = headEnd + HEAD_END.length;
        int end = find(delimiter, value, body.length);
        if (end < 0) {
            throw fault("a part of the body has no end");
        }
        var name = name(new String(body, from, headEnd - from, StandardCharsets.UTF_8));
        take(name, new ByteRange(value, end));
        return end + delimiter.length;
    }

    private void take(String name, ByteRange value) throws BodyFaultException {
        var lower = name.toLowerCase(Locale.ROOT);
        if (!lower.equals("model") && !lower.equals("stream")) {
            return;
        }
        if (!lower.equals(name)) {
            throw new BodyFaultException(
                    Reason.AMBIGUOUS_NAME, name, "a parameter is not spelled as documented");
        }
        if ((name.equals("model") ? model : stream) != null) {
            throw new BodyFaultException(
                    Reason.DUPLICATE_NAME, name, "the body holds '" + name + "' twice");
        }
        if (name.equals("model")) {
            model = value;
        } else {
            stream = value;
        }
    }

    /** The name of a part, empty when its head tells none. */
    private static String name(String head) throws BodyFaultException {
        for (var line : head.split("\r\n", -1)) {
            if (!line.regionMatches(true, 0, "content-disposition:", 0, 20)) {
                continue;
            }
            int at = line.toLowerCase(Locale.ROOT).indexOf("; name=");
            if (at < 0) {
                at = line.toLowerCase(Locale.ROOT).indexOf(";name=") - 1;
            }
            if (at < 0) {
                throw fault("a part of the body has no name");
            }
            var text = line.substring(at + "; name=".length());
            if (text.startsWith("\"")) {
                int end = text.indexOf('"', 1);
                return end < 0 ? "" : text.substring(1, end);
            }
            int end = text.indexOf(';');
            return (end < 0 ? text : text.substring(0, end)).strip();
        }
        return "";
    }

    private String text(@Nullable ByteRange range) {
        return range == null
                ? ""
                : new String(body, range.from(), range.length(), StandardCharsets.UTF_8).strip();
    }

    private boolean startsWith(int at, String ascii) {
        return matches(at, ascii(ascii), 0);
    }

    private boolean matches(int at, byte[] wanted, int skipped) {
        int length = wanted.length - skipped;
        if (at + length > body.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (body[at + i] != wanted[skipped + i]) {
                return false;
            }
        }
        return true;
    }

    private int find(byte[] wanted, int from, int to) {
        for (int i = from; i <= to - wanted.length; i++) {
            if (body[i] == wanted[0] && matches(i, wanted, 0)) {
                return i;
            }
        }
        return -1;
    }

    private static BodyFaultException fault(String message) {
        return new BodyFaultException(Reason.INVALID_VALUE, null, message);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
