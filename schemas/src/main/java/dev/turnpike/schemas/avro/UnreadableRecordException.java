package dev.turnpike.schemas.avro;

import org.jspecify.annotations.Nullable;

/** A record cannot be read or its schema cannot be had; a reader sends it to the dead letters. */
public final class UnreadableRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param cause what was caught, or null when this is where the failure was found
     */
    public UnreadableRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
