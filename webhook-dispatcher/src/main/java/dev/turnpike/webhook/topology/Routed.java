package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.deadletter.DeadLetter;

/** What became of a record of the ledger. */
sealed interface Routed {
    /**
     * An event for one webhook.
     *
     * @param form as {@link Forms#event} wrote it
     */
    record Event(byte[] form) implements Routed {}

    /** The record could not be read. */
    record Unreadable(DeadLetter letter) implements Routed {}
}
