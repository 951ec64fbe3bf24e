package dev.turnpike.edge.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Finds what in a good answer tells who the provider is, so that it can be taken out: members that
 * providers add in their own name, and the words of errors that stand inside an answer.
 *
 * @param targetModel the model's name at the provider, replaced by {@code publicModel} in texts
 * @param generic whether errors are told in our own words only
 */
public record ProviderMarks(String targetModel, String publicModel, boolean generic) {
    private static final int BAD_GATEWAY = 502;
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] SENTENCE =
            JsonText.quote(UpstreamErrorReader.sentence(BAD_GATEWAY));

    /** Whether a member of this name is a provider's own: {@code provider}, {@code x_groq}. */
    static boolean names(byte[] json, int from, int to) {
        return JsonText.is(json, from, to, "provider")
                || (to - from > 2 && json[from] == 'x' && json[from + 1] == '_');
    }

    /**
     * Reads the object at the cursor: its model gets the public name, and what providers add in
     * their own name is taken out, since strict clients know no such member.
     *
     * @param publicModel as it stands in JSON
     */
    public static void hide(byte[] json, JsonCursor cursor, byte[] publicModel, Edits edits)
            throws JsonFaultException {
        cursor.enterObject();
        int kept = cursor.position();
        while (cursor.nextName()) {
            int name = cursor.textFrom();
            boolean marked = names(json, name, cursor.textTo());
            boolean isModel = cursor.textIs("model");
            int from = cursor.position();
            cursor.skipValue();
            var value = new ByteRange(from, cursor.position());
            if (marked) {
                new ObjectMember(name - 1, value, kept, cursor.commaAfter()).removeFrom(edits);
                continue;
            }
            kept = value.to();
            if (isModel) {
                edits.replace(from, kept, publicModel);
            }
        }
    }

    /**
     * Reads the error at the cursor, cleans its words and takes out what is unknown. What is no
     * error as clients know them is told in our words.
     */
    void cleanError(byte[] json, JsonCursor cursor, Edits edits) throws JsonFaultException {
        byte opening = cursor.peek();
        if (opening != '{') {
            int from = cursor.position();
            cursor.skipValue();
            if (opening != 'n') {
                edits.replace(from, cursor.position(), untold());
            }
            return;
        }
        cursor.enterObject();
        int kept = cursor.position();
        while (cursor.nextName()) {
            int nameFrom = cursor.textFrom() - 1;
            boolean words = cursor.textIs("message");
            boolean word = cursor.textIs("code") || cursor.textIs("type") || cursor.textIs("param");
            int from = cursor.position();
            byte first = cursor.peek();
            cursor.skipValue();
            var value = new ByteRange(from, cursor.position());
            if (!words && !word) {
                new ObjectMember(nameFrom, value, kept, cursor.commaAfter()).removeFrom(edits);
                continue;
            }
            kept = value.to();
            if (first == '"') {
                var said = JsonText.decode(json, from + 1, value.to() - 1);
                var shown =
                        generic && words
                                ? UpstreamErrorReader.sentence(BAD_GATEWAY)
                                : MessageCleaner.clean(said, targetModel, publicModel);
                if (!shown.equals(said)) {
                    edits.replace(from, value.to(), words ? JsonText.quote(shown) : NULL);
                }
            } else if (first != 'n') { // Whatever is in there was not cleaned.
                edits.replace(from, value.to(), words ? SENTENCE : NULL);
            }
        }
    }

    private static byte[] untold() {
        var out = new ByteArrayOutputStream(96);
        out.writeBytes(
                "{\"code\":\"server_error\",\"message\":".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(SENTENCE);
        out.write('}');
        return out.toByteArray();
    }
}
