package dev.turnpike.control.log;

/** It is unknown what the log holds: the owner drops its image and reads the log again. */
final class LogLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
