package dev.turnpike.edge.wire.anthropic;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Content given in place, as {@code data:TYPE;base64,CONTENT}. */
final class DataUri {
    private static final int HEAD_BYTES_MAX = 256;
    private static final Set<String> IMAGES =
            Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

    private final String mediaType;
    private final JsonView string;
    private final int contentFrom;

    private DataUri(String mediaType, JsonView string, int contentFrom) {
        this.mediaType = mediaType;
        this.string = string;
        this.contentFrom = contentFrom;
    }

    /** Null when {@code string} is an address of another kind. */
    static @Nullable DataUri of(JsonView string) {
        byte[] json = string.array();
        int from = string.from() + 1;
        int end = Math.min(string.to() - 1, from + HEAD_BYTES_MAX);
        int comma = from;
        while (comma < end && json[comma] != ',') {
            comma++;
        }
        if (comma == end) {
            return null;
        }
        // A view ends behind a quote, which stands where the comma is.
        var head = JsonView.of(json, string.from(), comma + 1).text().toLowerCase(Locale.ROOT);
        if (!head.startsWith("data:") || !head.endsWith(";base64")) {
            return null;
        }
        var type = head.substring("data:".length(), head.length() - ";base64".length());
        int parameters = type.indexOf(';');
        var bare = parameters < 0 ? type : type.substring(0, parameters);
        return new DataUri(bare.strip(), string, comma + 1);
    }

    /** In lower case, without parameters. */
    String mediaType() {
        return mediaType;
    }

    boolean image() {
        return IMAGES.contains(mediaType);
    }

    boolean document() {
        return mediaType.equals("application/pdf");
    }

    /** Writes the Base64 text as a string. */
    void writeContent(JsonOut out) {
        out.inside(string.array(), contentFrom, string.to() - 1);
    }
}
