package dev.turnpike.usage.domain;

/** A record can be read but cannot be true. Nothing was changed. */
public final class InvalidRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong, without the record's content
     */
    public InvalidRecordException(String message) {
        super(message, null, false, false);
    }
}
