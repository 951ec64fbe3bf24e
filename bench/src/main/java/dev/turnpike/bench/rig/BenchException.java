package dev.turnpike.bench.rig;

import org.jspecify.annotations.Nullable;

/** Something the bench needs is broken, so there is no figure. The message is for people. */
public class BenchException extends RuntimeException {
    public BenchException(String message) {
        this(message, null);
    }

    public BenchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
