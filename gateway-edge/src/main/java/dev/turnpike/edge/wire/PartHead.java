package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of one part of a {@code multipart/form-data} body.
 *
 * @param name of the field, as the client wrote it
 * @param file whether the part says to be a file
 * @param plain whether everybody reads its value as the text that its bytes are
 */
record PartHead(String name, boolean file, boolean plain) {
    private static final Set<String> UNCODED = Set.of("7bit", "8bit", "binary");
    private static final Set<String> CHARSETS = Set.of("utf-8", "us-ascii");

    /** What a header's name may hold beside letters and digits. */
    private static final String NAME_OTHERS = "!#$%&'*+-.^_`|~";

    /** The headers that change how a part is read; each may stand there once. */
    private static final Set<String> KNOWN =
            Set.of("content-disposition", "content-type", "content-transfer-encoding");

    /**
     * Reads the lines between a boundary and the empty line.
     *
     * @throws BodyFaultException if two readers could read them differently
     */
    static PartHead parse(byte[] bytes, int from, int to) throws BodyFaultException {
        var lines = lines(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        var disposition =
                HeaderParameters.parse(
                        lines.getOrDefault("content-disposition", ""), "head of a part");
        var name = disposition.parameters().get("name");
        if (!disposition.value().equals("form-data") || name == null) {
            throw fault("a part of the body has no name");
        }
        // Some readers take name* or the pieces name*0, name*1 for the name (RFC 2231).
        boolean coded =
                disposition.parameters().keySet().stream()
                        .anyMatch(key -> key.indexOf('*') >= 0 && !key.equals("filename*"));
        if (coded || name.indexOf('\\') >= 0) {
            throw fault("the name of a part is ambiguous");
        }
        boolean file =
                disposition.parameters().containsKey("filename")
                        || disposition.parameters().containsKey("filename*");
        boolean plain = uncoded(lines) && text(lines.get("content-type"));
        return new PartHead(name, file, plain);
    }

    private static Map<String, String> lines(String head) throws BodyFaultException {
        var found = new HashMap<String, String>(4);
        for (var line : head.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (line.startsWith("--")) {
                throw fault("the head of a part holds what may be a boundary");
            }
            if (colon <= 0 || !printable(line) || !headerName(line.substring(0, colon))) {
                throw fault("the head of a part is malformed");
            }
            var name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            var before = found.put(name, line.substring(colon + 1).strip());
            if (before != null && KNOWN.contains(name)) {
                throw fault("the head of a part names a header twice");
            }
        }
        return found;
    }

    /** A line of its own must not hide in a header. */
    private static boolean printable(String line) {
        return line.chars().allMatch(c -> (c >= ' ' && c != 0x7f) || c == '\t');
    }

    private static boolean headerName(String name) {
        return name.chars()
                .allMatch(c ->
                        (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || NAME_OTHERS.indexOf(c) >= 0);
    }

    private static boolean uncoded(Map<String, String> lines) {
        var coding = lines.get("content-transfer-encoding");
        return coding == null || UNCODED.contains(coding.toLowerCase(Locale.ROOT));
    }

    private static boolean text(@Nullable String type) throws BodyFaultException {
        if (type == null) {
            return true;
        }
        var parsed = HeaderParameters.parse(type, "content type of a part");
        if (parsed.value().startsWith("multipart/") || parsed.value().startsWith("message/")) {
            throw fault("a part of the body holds parts of its own");
        }
        var charset = parsed.parameter("charset").orElse("utf-8").toLowerCase(Locale.ROOT);
        return parsed.value().equals("text/plain") && CHARSETS.contains(charset);
    }

    private static BodyFaultException fault(String message) {
        return new BodyFaultException(Reason.INVALID_REQUEST, null, message);
    }
}
