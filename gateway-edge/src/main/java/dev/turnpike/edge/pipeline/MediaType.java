package dev.turnpike.edge.pipeline;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What an answer is, as far as clients are told: its type and its character set, and no other word
 * of a provider.
 *
 * @param name in lower case, such as {@code audio/mpeg}; empty when the provider did not say
 * @param charset empty for none
 */
record MediaType(String name, String charset) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9.+-]+/[a-z0-9.+-]+");
    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset=\"?(utf-8|us-ascii|iso-8859-1)\"?(?=[;\\s]|$)");

    /** What nearly every answer is. */
    private static final MediaType JSON = new MediaType("application/json", "");

    /** Reads a {@code content-type}; whatever is no type has the empty name. */
    static MediaType of(String contentType) {
        if (contentType.equals(JSON.name)) {
            return JSON;
        }
        var text = contentType.toLowerCase(Locale.ROOT).strip();
        int end = text.indexOf(';');
        var name = (end < 0 ? text : text.substring(0, end)).strip();
        var charset = CHARSET.matcher(text);
        return new MediaType(
                NAME.matcher(name).matches() ? name : "", charset.find() ? charset.group(1) : "");
    }

    /** As the client gets it. */
    String shown() {
        var type = name.isEmpty() ? "application/octet-stream" : name;
        return charset.isEmpty() ? type : type + "; charset=" + charset;
    }
}
