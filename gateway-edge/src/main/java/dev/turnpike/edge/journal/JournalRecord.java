package dev.turnpike.edge.journal;

import java.time.Instant;

/**
 * A record as it waits for shipping.
 *
 * @param position its place in the journal
 * @param writtenAt by the edge's clock
 * @param partition where it goes
 * @param key the record's key, in UTF-8
 * @param value the bytes that are sent, encoded once when it was written
 */
record JournalRecord(long position, Instant writtenAt, int partition, byte[] key, byte[] value) {}
