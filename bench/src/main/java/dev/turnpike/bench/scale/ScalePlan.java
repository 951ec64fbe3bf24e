package dev.turnpike.bench.scale;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How much is measured.
 *
 * @param keys published before anything is measured
 * @param groups that the keys are spread over
 * @param starts of the edge from its snapshot; the last one serves the load
 * @param rounds with one key, with all, and with both mixed; 0 leaves latency out
 * @param seconds of each round, and of changes
 * @param rate requests a second in each round
 * @param connections that changes are sent on; 0 leaves changes out
 * @param revocations keys that are revoked under load; 0 leaves them out
 * @param recording where a flight recording of the edge's first start goes; it costs speed
 */
public record ScalePlan(
        int keys,
        int groups,
        int starts,
        int rounds,
        int seconds,
        int rate,
        int connections,
        int revocations,
        Optional<Path> recording) {}
