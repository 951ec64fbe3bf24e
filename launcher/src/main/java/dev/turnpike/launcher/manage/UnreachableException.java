package dev.turnpike.launcher.manage;

/** Nothing that speaks the management API answers. */
public final class UnreachableException extends RuntimeException {
    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
