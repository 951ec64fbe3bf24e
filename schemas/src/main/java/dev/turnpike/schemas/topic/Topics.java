package dev.turnpike.schemas.topic;

import dev.turnpike.schemas.topic.Topic.Cleanup;
import dev.turnpike.schemas.topic.Topic.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;

/** The table of topics. Start-up creates what is missing and refuses what contradicts it. */
public final class Topics {
    /** Partitions of every topic that is spread by group or webhook. */
    public static final int PARTITIONS = 12;

    public static final Topic CONTROL_EVENTS =
            new Topic(
                    "turnpike.control.events",
                    "resource id",
                    1,
                    Cleanup.DELETE,
                    Optional.empty(),
                    Writer.CONTROL_PLANE);
    public static final Topic CONTROL_STATE =
            new Topic(
                    "turnpike.control.state",
                    "kind/id",
                    1,
                    Cleanup.COMPACT,
                    Optional.empty(),
                    Writer.CONTROL_PLANE);
    public static final Topic REQUESTS =
            new Topic(
                    "turnpike.requests",
                    "root group id",
                    PARTITIONS,
                    Cleanup.DELETE,
                    days(30),
                    Writer.EDGE);
    public static final Topic LEDGER =
            new Topic(
                    "turnpike.ledger",
                    "root group id",
                    PARTITIONS,
                    Cleanup.DELETE,
                    days(400),
                    Writer.USAGE_AGGREGATOR);
    public static final Topic USAGE_TOTALS =
            new Topic(
                    "turnpike.usage.totals",
                    "group/slug/type/unit/window",
                    PARTITIONS,
                    Cleanup.COMPACT_AND_DELETE,
                    days(40),
                    Writer.USAGE_AGGREGATOR);
    public static final Topic KEYS_USED =
            new Topic(
                    "turnpike.keys.used",
                    "API key prefix",
                    PARTITIONS,
                    Cleanup.COMPACT,
                    Optional.empty(),
                    Writer.USAGE_AGGREGATOR);
    public static final Topic WEBHOOK_ATTEMPTS =
            new Topic(
                    "turnpike.webhooks.attempts",
                    "webhook id",
                    PARTITIONS,
                    Cleanup.DELETE,
                    days(30),
                    Writer.WEBHOOK_DISPATCHER);
    public static final Topic WEBHOOK_REPLAYS =
            new Topic(
                    "turnpike.webhooks.replays",
                    "webhook id",
                    PARTITIONS,
                    Cleanup.DELETE,
                    days(30),
                    Writer.CONTROL_PLANE);
    public static final Topic DEAD_LETTERS =
            new Topic(
                    "turnpike.dead-letters",
                    "topic/partition of the record",
                    1,
                    Cleanup.DELETE,
                    days(30),
                    Writer.ANY_READER);

    /** Every topic, in the order in which they are created. */
    public static final List<Topic> ALL =
            List.of(
                    CONTROL_EVENTS,
                    CONTROL_STATE,
                    REQUESTS,
                    LEDGER,
                    USAGE_TOTALS,
                    KEYS_USED,
                    WEBHOOK_ATTEMPTS,
                    WEBHOOK_REPLAYS,
                    DEAD_LETTERS);

    private Topics() {}

    /**
     * The partition of {@code key} in {@code topic}: what Kafka's own partitioner answers, needed
     * before a record is sent because sequences are counted by partition.
     */
    public static int partition(Topic topic, String key) {
        return partition(topic, key.getBytes(StandardCharsets.UTF_8));
    }

    /** As above, of a key in UTF-8. */
    public static int partition(Topic topic, byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % topic.partitions();
    }

    private static Optional<Duration> days(int days) {
        return Optional.of(Duration.ofDays(days));
    }
}
