package dev.turnpike.runtime.outbound;

/** A URL that may not be stored or called. The message says why and repeats no part of the URL. */
public final class InvalidUrlException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidUrlException(String message) {
        super(message, null, false, false);
    }
}
