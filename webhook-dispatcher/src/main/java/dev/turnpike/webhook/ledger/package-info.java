/**
 * Reads the ledger anew for replays, aside from the stream that follows it, one read at a time.
 * What is read and what becomes of it is decided elsewhere and does not enter.
 */
@NullMarked
package dev.turnpike.webhook.ledger;

import org.jspecify.annotations.NullMarked;
