package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import java.nio.charset.StandardCharsets;

/**
 * The content type of a body with files.
 *
 * @param boundary 1 to {@link #BOUNDARY_CHARS_MAX} characters of RFC 2046, without blanks
 */
public record MultipartType(String boundary) {
    /** Longest boundary, as RFC 2046 has it. */
    static final int BOUNDARY_CHARS_MAX = 70;

    private static final String TYPE = "multipart/form-data";
    private static final String BOUNDARY_OTHERS = "'()+_,-./:=?";

    /** What may stand in a boundary, but not in a header without quotes. */
    private static final String QUOTED = "(),/:=?";

    /**
     * @throws BodyFaultException if it is another type, or names no boundary that all readers read
     *     alike
     */
    public static MultipartType parse(String contentType) throws BodyFaultException {
        var parsed = HeaderParameters.parse(contentType, "content type");
        if (!parsed.value().equals(TYPE)) {
            throw fault("the body must be " + TYPE);
        }
        var boundary =
                parsed.parameter("boundary")
                        .orElseThrow(() -> fault("the content type names no boundary"));
        if (parsed.parameters().containsKey("boundary*")
                || boundary.isEmpty()
                || boundary.length() > BOUNDARY_CHARS_MAX
                || !boundary.chars().allMatch(MultipartType::allowed)) {
            throw fault("the content type names no usable boundary");
        }
        return new MultipartType(boundary);
    }

    private static boolean allowed(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || BOUNDARY_OTHERS.indexOf(c) >= 0;
    }

    /** The header as a target is told it: nothing but the type and the boundary. */
    public String header() {
        boolean token = boundary.chars().noneMatch(c -> QUOTED.indexOf(c) >= 0);
        return TYPE + "; boundary=" + (token ? boundary : "\"" + boundary + "\"");
    }

    /** What stands in front of each part: two dashes and the boundary. */
    byte[] dashes() {
        return ("--" + boundary).getBytes(StandardCharsets.US_ASCII);
    }

    private static BodyFaultException fault(String message) {
        return new BodyFaultException(Reason.INVALID_REQUEST, null, message);
    }
}
