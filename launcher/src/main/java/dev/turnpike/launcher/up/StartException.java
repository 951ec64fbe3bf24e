package dev.turnpike.launcher.up;

import org.jspecify.annotations.Nullable;

/**
 * The process cannot start for a reason the operator can change: a port, a directory, a key, a
 * cluster. The message says which. When it is thrown, nothing is left running.
 */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartException(String message) {
        this(message, null);
    }

    public StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
