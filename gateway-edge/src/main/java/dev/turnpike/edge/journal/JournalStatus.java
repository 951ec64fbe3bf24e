package dev.turnpike.edge.journal;

import java.time.Instant;
import java.util.Optional;

/**
 * How the journal stands.
 *
 * @param healthy whether the last write worked
 * @param unacknowledged records that Kafka has not acknowledged
 * @param unacknowledgedBytes their size
 * @param oldest when the oldest of them was written; empty when there is none
 * @param open requests that have started and not ended
 */
public record JournalStatus(
        boolean healthy,
        long unacknowledged,
        long unacknowledgedBytes,
        Optional<Instant> oldest,
        int open) {}
