package dev.turnpike.launcher.demo;

import org.jspecify.annotations.Nullable;

/** Something the demo promised did not happen; the message says what, without secrets. */
final class StoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoryException(String message) {
        this(message, null);
    }

    StoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
