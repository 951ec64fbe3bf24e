package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.ChoiceTrack.ToolCall;
import dev.turnpike.edge.wire.JsonFaultException.Reason;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads and repairs one {@code delta} of one choice. */
final class DeltaScan {
    private static final byte[] ROLE = ascii("\"role\":\"assistant\"");
    private static final byte[] ROLE_MORE = ascii("\"role\":\"assistant\",");
    private static final byte[] ASSISTANT = ascii("\"assistant\"");

    private final byte[] json;
    private final JsonCursor cursor;
    private final Edits edits;
    private final ChoiceTrack track;
    private final OutputMeter text;

    DeltaScan(byte[] json, JsonCursor cursor, Edits edits, ChoiceTrack track, OutputMeter text) {
        this.json = json;
        this.cursor = cursor;
        this.edits = edits;
        this.track = track;
        this.text = text;
    }

    void read() throws JsonFaultException {
        cursor.enterObject();
        int open = cursor.position();
        int kept = open;
        boolean empty = true;
        while (cursor.nextName()) {
            empty = false;
            boolean keeps = true;
            if (cursor.textIs("role")) {
                keeps = role(kept);
            } else {
                member();
            }
            if (keeps) {
                kept = cursor.position();
            }
        }
        if (!track.roleSent) {
            track.roleSent = true;
            edits.insert(open, empty ? ROLE : ROLE_MORE);
        }
    }

    /**
     * The first delta needs a role, later ones must not repeat it.
     *
     * @return whether the member stays
     */
    private boolean role(int kept) throws JsonFaultException {
        int nameFrom = cursor.textFrom() - 1;
        int from = cursor.position();
        boolean string = cursor.peek() == '"';
        cursor.skipValue();
        if (!track.roleSent) {
            track.roleSent = true;
            if (!string || cursor.position() - from == 2) {
                edits.replace(from, cursor.position(), ASSISTANT);
            }
            return true;
        }
        if (string) {
            memberAt(nameFrom, from, kept).removeFrom(edits);
        }
        return !string;
    }

    private void member() throws JsonFaultException {
        if (cursor.textIs("tool_calls") && cursor.peek() == '[') {
            cursor.enterArray();
            while (cursor.nextElement()) {
                toolCall();
            }
        } else if (cursor.textIs("function_call") && cursor.peek() == '{') {
            track.functionName = function(track.functionName);
        } else if (isText() && cursor.peek() == '"') {
            cursor.string();
            text.onText(json, cursor.textFrom(), cursor.textTo());
        } else {
            cursor.skipValue();
        }
    }

    private boolean isText() {
        return cursor.textIs("content")
                || cursor.textIs("reasoning_content")
                || cursor.textIs("reasoning")
                || cursor.textIs("refusal");
    }

    private void toolCall() throws JsonFaultException {
        int open = cursor.position() + 1;
        int index = -1;
        @Nullable ByteRange indexValue = null;
        @Nullable ObjectMember id = null;
        @Nullable String idText = null;
        var function = new FunctionScan();
        boolean empty = true;
        int kept = open;
        cursor.enterObject();
        while (cursor.nextName()) {
            empty = false;
            int nameFrom = cursor.textFrom() - 1;
            int from = cursor.position();
            if (cursor.textIs("function") && cursor.peek() == '{') {
                function.read();
            } else if (cursor.textIs("index")) {
                cursor.skipValue();
                indexValue = new ByteRange(from, cursor.position());
                index = ChunkScan.smallNumber(json, from, cursor.position());
            } else if (cursor.textIs("id") && cursor.peek() == '"') {
                cursor.string();
                idText = cursor.text();
                id = memberAt(nameFrom, from, kept);
            } else {
                cursor.skipValue();
            }
            kept = cursor.position();
        }
        var known = idText == null || idText.isEmpty() ? null : idText;
        var call = index < 0 ? track.guess(known) : track.at(index);
        if (call == null) {
            throw new JsonFaultException(Reason.TOO_MANY_VALUES, cursor.position());
        }
        if (index < 0) {
            addIndex(indexValue, open, call.index, empty);
        }
        if (id != null && known != null) {
            settleId(call, id, known);
        }
        call.name = function.settle(call.name);
    }

    private void addIndex(@Nullable ByteRange there, int open, int index, boolean empty) {
        if (there != null) {
            edits.replace(there.from(), there.to(), ascii(Integer.toString(index)));
        } else {
            edits.insert(open, ascii("\"index\":" + index + (empty ? "" : ",")));
        }
    }

    private void settleId(ToolCall call, ObjectMember member, String id) {
        if (call.id == null) {
            call.id = id;
        } else if (call.id.equals(id)) {
            member.removeFrom(edits);
        }
    }

    private @Nullable String function(@Nullable String known) throws JsonFaultException {
        var function = new FunctionScan();
        function.read();
        return function.settle(known);
    }

    private ObjectMember memberAt(int nameFrom, int valueFrom, int kept) {
        return new ObjectMember(
                nameFrom, new ByteRange(valueFrom, cursor.position()), kept, cursor.commaAfter());
    }

    /** One {@code function} object of a tool call. */
    private final class FunctionScan {
        private @Nullable ObjectMember name;
        private @Nullable String nameText;

        void read() throws JsonFaultException {
            cursor.enterObject();
            int kept = cursor.position();
            while (cursor.nextName()) {
                int nameFrom = cursor.textFrom() - 1;
                int from = cursor.position();
                boolean string = cursor.peek() == '"';
                boolean isName = cursor.textIs("name");
                boolean isText = isName || cursor.textIs("arguments");
                cursor.skipValue();
                if (string && isText) {
                    text.onText(json, from + 1, cursor.position() - 1);
                }
                if (string && isName) {
                    nameText = JsonText.decode(json, from + 1, cursor.position() - 1);
                    name = memberAt(nameFrom, from, kept);
                }
                kept = cursor.position();
            }
        }

        /**
         * @param known the name sent before
         * @return the name sent by now
         */
        @Nullable String settle(@Nullable String known) {
            if (name == null || nameText == null || nameText.isEmpty()) {
                return known;
            }
            if (known == null) {
                return nameText;
            }
            if (known.equals(nameText)) {
                name.removeFrom(edits);
            }
            return known;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
