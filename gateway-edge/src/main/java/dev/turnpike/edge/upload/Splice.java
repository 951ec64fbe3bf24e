package dev.turnpike.edge.upload;

import dev.turnpike.edge.wire.MultipartType;
import java.nio.charset.StandardCharsets;

/**
 * What takes the place of the model in a body.
 *
 * @param from first byte that is replaced
 * @param to the byte behind the last one
 * @param with not copied
 */
record Splice(long from, long to, byte[] with) {
    private static final String PART =
            "--%s\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n";

    /** A value in place of another. */
    static Splice of(long from, long to, String model) {
        return new Splice(from, to, model.getBytes(StandardCharsets.UTF_8));
    }

    /** A part in front of all others, for a body that has no model. */
    static Splice part(MultipartType type, String model) {
        var text = PART.formatted(type.boundary()) + model + "\r\n";
        return new Splice(0, 0, text.getBytes(StandardCharsets.UTF_8));
    }

    /** How much longer it makes the body, in bytes; less than 0 for shorter. */
    long growth() {
        return with.length - (to - from);
    }

    /** The place only. */
    @Override
    public String toString() {
        return "Splice[" + from + ".." + to + "]";
    }
}
