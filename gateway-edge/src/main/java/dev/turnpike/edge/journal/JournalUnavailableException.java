package dev.turnpike.edge.journal;

import org.jspecify.annotations.Nullable;

/** A fact could not be made durable, so the request it is about must not be served. */
public final class JournalUnavailableException extends RuntimeException {
    public JournalUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
