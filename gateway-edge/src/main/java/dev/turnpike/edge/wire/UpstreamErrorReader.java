package dev.turnpike.edge.wire;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a provider's error body, whatever its shape (OpenAI's envelope, bare objects, plain text,
 * HTML), and says what the client gets. The provider's own words are shown only for errors that
 * speak of the client's body, and cleaned of what would betray the provider or our account.
 */
public final class UpstreamErrorReader {
    private static final int WORD_CHARS_MAX = 64;

    private final byte[] json;
    private @Nullable String message;
    private @Nullable String code;
    private @Nullable String type;
    private @Nullable String param;
    private int codeNumber;

    private UpstreamErrorReader(byte[] json) {
        this.json = json;
    }

    /**
     * @param status what the provider answered; 200 for an error event inside a stream
     * @param targetModel the model's name at the provider, replaced by {@code publicModel} in texts
     */
    public static UpstreamError read(
            int status, byte[] body, int from, int to, String targetModel, String publicModel) {
        var reader = new UpstreamErrorReader(body);
        try {
            var cursor = JsonCursor.lenient(body, from, to);
            if (from < to && cursor.peek() == '[') { // So Google's API puts it.
                cursor.enterArray();
                if (!cursor.nextElement()) {
                    cursor.end();
                }
            }
            if (from < to && cursor.peek() == '{') {
                reader.object(cursor);
            }
        } catch (JsonFaultException e) {
            reader.message = null; // Not JSON: nothing in it is worth showing.
        }
        return reader.result(status, from, to, targetModel, publicModel);
    }

    /** What is said when the provider's words are not shown. */
    static String sentence(int clientStatus) {
        return switch (clientStatus) {
            case 400, 422 -> "the provider did not accept the request";
            case 413 -> "the request is too large for the provider";
            case 429 -> "the provider is limiting requests for this model";
            case 504 -> "the provider did not answer in time";
            default -> "the provider could not answer the request";
        };
    }

    private void object(JsonCursor cursor) throws JsonFaultException {
        cursor.enterObject();
        while (cursor.nextName()) {
            var name = cursor.textTo() - cursor.textFrom() > WORD_CHARS_MAX ? "" : cursor.text();
            byte first = cursor.peek();
            boolean nested =
                    name.equals("error") || name.equals("header") || name.equals("response");
            if (nested && first == '{') {
                object(cursor);
                continue;
            }
            int from = cursor.position();
            cursor.skipValue();
            if (first == '"') {
                text(name, from + 1, cursor.position() - 1);
            } else if (name.equals("code")) {
                codeNumber =
                        Math.max(codeNumber, ChunkScan.smallNumber(json, from, cursor.position()));
            }
        }
    }

    private void text(String name, int from, int to) {
        switch (name) {
            case "message", "msg", "err", "error_msg", "error", "detail" -> {
                if (message == null && to > from) {
                    message = JsonText.decode(json, from, to);
                }
            }
            case "code" -> code = word(from, to);
            case "type" -> type = word(from, to);
            case "param" -> {
                var named = word(from, to);
                boolean betrays =
                        named != null && !MessageCleaner.clean(named, "", "").equals(named);
                param = betrays ? null : named;
            }
            default -> {}
        }
    }

    /** A short identifier, or null: anything else could hold what must not be shown. */
    private @Nullable String word(int from, int to) {
        if (to == from || to - from > WORD_CHARS_MAX) {
            return null;
        }
        for (int i = from; i < to; i++) {
            byte b = json[i];
            boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
            boolean digit = b >= '0' && b <= '9';
            if (!letter && !digit && b != '_' && b != '.' && b != '-' && b != '[' && b != ']') {
                return null;
            }
        }
        return JsonText.decode(json, from, to);
    }

    private UpstreamError result(
            int status, int from, int to, String targetModel, String publicModel) {
        boolean coded = status == 200 && codeNumber >= 400 && codeNumber <= 599;
        int effective = coded ? codeNumber : status;
        int clientStatus = clientStatus(effective);
        var lower = message == null ? "" : message.toLowerCase(Locale.ROOT);
        boolean refusal = effective == 400 || effective == 422;
        var error = refusal ? Dispensable.searchable(json, from, to) : "";
        var blamed = blamed(error);
        boolean unknown = !blamed.isEmpty() && Dispensable.unknownBy(error);
        return new UpstreamError(
                status,
                clientStatus,
                body(clientStatus, lower, targetModel, publicModel),
                blamed,
                unknown);
    }

    private static Set<Dispensable> blamed(String error) {
        var blamed = EnumSet.noneOf(Dispensable.class);
        for (var each : Dispensable.values()) {
            if (each.namedIn(error)) {
                blamed.add(each);
            }
        }
        return blamed;
    }

    private static int clientStatus(int status) {
        return switch (status) {
            case 400, 413, 422, 429 -> status;
            case 408, 504, 524 -> 504;
            default -> 502;
        };
    }

    private ErrorBody body(int status, String lower, String targetModel, String publicModel) {
        return switch (status) {
            case 400, 413, 422 -> {
                var words =
                        message == null
                                ? sentence(status)
                                : MessageCleaner.clean(message, targetModel, publicModel);
                yield new ErrorBody(
                        words, ErrorBody.INVALID_REQUEST, param, requestCode(status, lower), null);
            }
            case 429 ->
                    new ErrorBody(
                            sentence(status),
                            "rate_limit_error",
                            null,
                            "upstream_rate_limited",
                            null);
            case 504 ->
                    new ErrorBody(
                            sentence(status), "timeout_error", null, "upstream_timeout", null);
            default ->
                    new ErrorBody(
                            sentence(status), ErrorBody.UPSTREAM, null, "upstream_error", null);
        };
    }

    /** Tools look for the code of an overlong prompt, which not every provider sends. */
    private @Nullable String requestCode(int status, String lower) {
        if (ContextOverflow.told(lower, code, type)) {
            return ContextOverflow.CODE;
        }
        if (code != null && MessageCleaner.clean(code, "", "").equals(code)) {
            return code;
        }
        return status == 413 ? "request_too_large" : null;
    }
}
