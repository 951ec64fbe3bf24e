package dev.turnpike.edge.limit;

import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.UsageTotal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an admission what all edges together have used, by reading {@code turnpike.usage.totals}
 * from its beginning for ever. While Kafka is away the admission keeps what it has heard. One
 * thread of its own.
 */
public final class TotalsFollower implements AutoCloseable {
    /** How often counters that no longer count are forgotten. */
    static final Duration EXPIRE_EVERY = Duration.ofSeconds(5);

    /** Pause after a failed consumer. */
    static final Duration BACKOFF = Duration.ofSeconds(1);

    private static final Logger LOGGER = LoggerFactory.getLogger(TotalsFollower.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ENDS_PATIENCE = Duration.ofSeconds(5);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    /** Bits of a position below the count of times that a partition began anew. */
    private static final int OFFSET_BITS = 44;

    private static final List<TopicPartition> PARTITIONS =
            IntStream.range(0, Topics.PARTITIONS)
                    .mapToObj(i -> new TopicPartition(Topics.USAGE_TOTALS.name(), i))
                    .toList();

    private final FastAdmission admission;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final RecordCodec<UsageTotal> codec;
    private final InstantSource clock;
    private final long[] next = new long[Topics.PARTITIONS];
    private final long[] generation = new long[Topics.PARTITIONS];
    private final long[] targets = new long[Topics.PARTITIONS];
    private @Nullable Consumer<byte[], byte[]> consumer;
    private @Nullable Instant expiredAt;
    private @Nullable Instant failedAt;
    private @Nullable Thread thread;
    private boolean targetsKnown;
    private volatile boolean caughtUp;
    private volatile boolean stopping;

    /**
     * @param consumers makes a read-committed consumer without a group that begins at the oldest
     *     record when it has no position; asked again after a failure
     */
    public TotalsFollower(
            FastAdmission admission,
            Supplier<Consumer<byte[], byte[]>> consumers,
            RecordCodec<UsageTotal> codec,
            InstantSource clock) {
        this.admission = admission;
        this.consumers = consumers;
        this.codec = codec;
        this.clock = clock;
        Arrays.fill(targets, Long.MAX_VALUE);
    }

    /** Starts the thread. Once. */
    public void start(FailureSink onFailure) {
        thread = Threads.platform("totals-follower", onFailure, this::run);
    }

    /** Whether everything that was in the topic at the start has been read; never false again. */
    public boolean caughtUp() {
        return caughtUp;
    }

    private void run() {
        try {
            while (!stopping) {
                step();
            }
        } finally {
            disconnect();
        }
    }

    /** One round. Never throws for Kafka. */
    void step() {
        expire();
        try {
            var mine = connected();
            for (var record : mine.poll(POLL)) {
                apply(record);
            }
            noticeEnd(mine);
        } catch (KafkaException e) {
            LOGGER.atWarn()
                    .addKeyValue("error", e.getClass().getSimpleName())
                    .log("totals are not followed; limits go by what is known");
            disconnect();
            failedAt = clock.instant();
            LockSupport.parkNanos(this, BACKOFF.toNanos());
        }
    }

    /** First of all, so that windows of the past find no place when the topic is read. */
    private void expire() {
        var now = clock.instant();
        if (expiredAt == null
                || Duration.between(expiredAt, now).abs().compareTo(EXPIRE_EVERY) >= 0) {
            admission.expire(now);
            expiredAt = now;
        }
    }

    private Consumer<byte[], byte[]> connected() {
        var mine = consumer;
        if (mine != null) {
            return mine;
        }
        var made = consumers.get();
        consumer = made;
        made.assign(PARTITIONS);
        for (int i = 0; i < next.length; i++) {
            if (next[i] == 0) {
                made.seekToBeginning(List.of(PARTITIONS.get(i)));
            } else {
                made.seek(PARTITIONS.get(i), next[i]);
            }
        }
        if (!targetsKnown) {
            var ends = made.endOffsets(PARTITIONS, ENDS_PATIENCE);
            for (int i = 0; i < targets.length; i++) {
                targets[i] = ends.getOrDefault(PARTITIONS.get(i), 0L);
            }
            targetsKnown = true;
        }
        if (failedAt != null) {
            LOGGER.atInfo().log("totals are followed again");
            failedAt = null;
        }
        return made;
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        int partition = record.partition();
        if (record.offset() < next[partition]) {
            generation[partition]++; // The topic was made anew: what follows is newer all the same.
        }
        next[partition] = record.offset() + 1;
        if (record.value() == null) {
            return;
        }
        try {
            long position = (generation[partition] << OFFSET_BITS) + record.offset();
            admission.apply(codec.decode(record.value()), position);
        } catch (UnreadableRecordException e) {
            LOGGER.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", record.offset())
                    .log("a total cannot be read and is skipped");
        }
    }

    private void noticeEnd(Consumer<byte[], byte[]> mine) {
        if (caughtUp || !targetsKnown) {
            return;
        }
        for (int i = 0; i < targets.length; i++) {
            // The position, not the last record: transaction markers take offsets too.
            if (targets[i] > 0 && mine.position(PARTITIONS.get(i), ENDS_PATIENCE) < targets[i]) {
                return;
            }
        }
        caughtUp = true;
    }

    private void disconnect() {
        if (consumer != null) {
            consumer.close();
            consumer = null;
        }
    }

    /** Stops within a bounded time. */
    @Override
    public void close() {
        stopping = true;
        var running = thread;
        if (running == null) {
            disconnect();
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join(CLOSE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
