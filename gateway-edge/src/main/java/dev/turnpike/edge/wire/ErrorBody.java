package dev.turnpike.edge.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's error envelope. All four of its keys are always written.
 *
 * @param message for people; nothing secret
 * @param type the family of the error
 * @param param the request member at fault
 * @param code for programs
 * @param decision id under which a refusal is explained; written only when present
 */
public record ErrorBody(
        String message,
        String type,
        @Nullable String param,
        @Nullable String code,
        @Nullable String decision) {
    /** Type of errors that the request itself causes. */
    public static final String INVALID_REQUEST = "invalid_request_error";

    /** Type of errors that the provider causes. */
    public static final String UPSTREAM = "upstream_error";

    /** Most clients know an error by its data, LangChain4j by the name of the event only. */
    private static final byte[] EVENT_START = ascii("event: error\ndata: ");

    private static final byte[] EVENT_END = ascii("\n\n");

    /** {@code {"error":{...}}} in UTF-8. */
    public byte[] toJson() {
        var out = new ByteArrayOutputStream(256);
        member(out, "{\"error\":{\"message\":", message);
        member(out, ",\"type\":", type);
        member(out, ",\"param\":", param);
        member(out, ",\"code\":", code);
        if (decision != null) {
            member(out, ",\"decision\":", decision);
        }
        out.writeBytes(ascii("}}"));
        return out.toByteArray();
    }

    /** The same as one event of a stream; nothing may follow it, not even {@code [DONE]}. */
    public byte[] toEvent() {
        var out = new ByteArrayOutputStream(256);
        out.writeBytes(EVENT_START);
        out.writeBytes(toJson());
        out.writeBytes(EVENT_END);
        return out.toByteArray();
    }

    private static void member(ByteArrayOutputStream out, String before, @Nullable String value) {
        out.writeBytes(ascii(before));
        out.writeBytes(value == null ? ascii("null") : JsonText.quote(value));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
