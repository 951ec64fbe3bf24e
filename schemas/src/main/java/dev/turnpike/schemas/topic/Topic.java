package dev.turnpike.schemas.topic;

import java.time.Duration;
import java.util.Optional;

/**
 * One topic as the services expect to find it.
 *
 * @param name the topic's name on the cluster
 * @param key what the record key is, in words; all keys are UTF-8 text
 * @param partitions exact number of partitions; the partition of a key is part of the contract
 * @param cleanup what the broker may remove
 * @param retention how long a record is kept at least; empty keeps for ever
 * @param writer the one service that writes to it
 */
public record Topic(
        String name,
        String key,
        int partitions,
        Cleanup cleanup,
        Optional<Duration> retention,
        Writer writer) {
    /** What the broker may remove. */
    public enum Cleanup {
        /** Old segments by time ({@code cleanup.policy=delete}). */
        DELETE("delete"),
        /** All but the last record of each key ({@code cleanup.policy=compact}). */
        COMPACT("compact"),
        /** Both. */
        COMPACT_AND_DELETE("compact,delete");

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }

        /** The value of {@code cleanup.policy}. */
        public String policy() {
            return policy;
        }
    }

    /** The one service that writes to a topic. */
    public enum Writer {
        CONTROL_PLANE,
        EDGE,
        USAGE_AGGREGATOR,
        WEBHOOK_DISPATCHER,
        /** Whoever could not read a record. */
        ANY_READER
    }
}
