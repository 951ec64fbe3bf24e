package dev.turnpike.edge.journal;

/** The store failed: the disk is full or broken, or another process holds it. */
final class JournalStoreException extends RuntimeException {
    JournalStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
