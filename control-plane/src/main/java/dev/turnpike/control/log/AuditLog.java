package dev.turnpike.control.log;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaClients.Start;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads facts from {@code turnpike.control.events} when somebody asks for them; nothing is kept in
 * memory. One reader at a time. Safe for any number of threads.
 */
public final class AuditLog implements AutoCloseable {
    /** Facts looked at for one page; a page may end early with more to come. */
    public static final int SCANNED_MAX = 20_000;

    /** Bytes of the records on one page, but for the last one. */
    public static final long PAGE_BYTES_MAX = 8 << 20;

    /** How much later than its id was drawn a creation may be dated. */
    private static final Duration DECIDED_WITHIN = Duration.ofMinutes(15);

    /** How much earlier; the clock may have been set back in between. */
    private static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(1);

    /** Where a creation is looked for first: a bulk load has a page of facts in this time. */
    private static final Duration NEAR = Duration.ofSeconds(5);

    /**
     * Pages looked through for one creation, from right before its id was drawn and from before.
     */
    private static final int CREATION_PAGES_MAX = 5;

    /** How long one reader waits for the others. */
    private static final Duration LOCK_WAIT = Duration.ofSeconds(5);

    private static final TopicPartition PARTITION =
            new TopicPartition(Topics.CONTROL_EVENTS.name(), 0);
    private static final Duration POLL = Duration.ofMillis(200);

    /** Polls for one page: ten seconds when nothing comes, and plenty when it does. */
    private static final int POLLS_MAX = 50;

    private final KafkaClients clients;
    private final RecordCodec<ControlEvent> codec;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Consumer<byte[], byte[]> consumer;

    public AuditLog(KafkaClients clients, SchemaIds schemas) {
        this.clients = clients;
        this.codec = RecordCodec.of(Subject.CONTROL_EVENTS, ControlEvent.class, schemas);
    }

    /**
     * Facts in the order in which they became true.
     *
     * @param next offset to go on from; empty when there is no more
     */
    public record Page(List<ControlEvent> facts, OptionalLong next) {
        public Page {
            facts = List.copyOf(facts);
        }
    }

    /**
     * The offset of the first fact decided at or after {@code from}, as a place to begin.
     *
     * @throws org.apache.kafka.common.KafkaException if the cluster does not answer
     */
    public long offsetOf(Optional<Instant> from) {
        lock();
        try {
            var open = opened();
            if (from.isPresent() && from.get().isAfter(Instant.EPOCH)) { // No fact is older.
                var found =
                        open.offsetsForTimes(Map.of(PARTITION, from.get().toEpochMilli()))
                                .get(PARTITION);
                // The broker knows when a record was appended, which is never before its decision.
                return found == null ? end(open) : found.offset();
            }
            return open.beginningOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads one page.
     *
     * @param offset where to begin
     * @param wanted which facts to keep
     * @param until facts decided then or later are not looked at
     * @param limit most facts to return
     * @throws org.apache.kafka.common.KafkaException if the cluster does not answer, or other
     *     readers keep the log busy
     */
    public Page read(
            long offset, Predicate<ControlEvent> wanted, Optional<Instant> until, int limit) {
        lock();
        try {
            var open = opened();
            long end = end(open);
            open.seek(PARTITION, offset);
            return scan(open, end, wanted, until.orElse(Instant.MAX), limit);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A group as it was when it was created, also when it is deleted by now; empty when there never
     * was one. It is looked for around the moment that its id tells.
     *
     * @throws org.apache.kafka.common.KafkaException as {@link #read}
     */
    public Optional<Group> created(GroupId id) {
        return created(id, from -> offsetOf(Optional.of(from)), this::read);
    }

    /** As {@link #read}. */
    @FunctionalInterface
    interface Pages {
        Page read(long offset, Predicate<ControlEvent> wanted, Optional<Instant> until, int limit);
    }

    /** First right around the moment, then before it: what was loaded then may be much. */
    static Optional<Group> created(GroupId id, ToLongFunction<Instant> offsetOf, Pages pages) {
        var drawn = id.drawnAt();
        var near = drawn.minus(NEAR);
        return created(id, offsetOf.applyAsLong(near), drawn.plus(DECIDED_WITHIN), pages)
                .or(() -> {
                    long earliest = offsetOf.applyAsLong(drawn.minus(CLOCK_SKEW_MAX));
                    return created(id, earliest, near, pages);
                });
    }

    private static Optional<Group> created(GroupId id, long from, Instant until, Pages pages) {
        Predicate<ControlEvent> creation =
                fact ->
                        fact.before() == null
                                && fact.after() instanceof Group group
                                && group.id().equals(id);
        var next = OptionalLong.of(from);
        for (int count = 0; count < CREATION_PAGES_MAX && next.isPresent(); count++) {
            var page = pages.read(next.getAsLong(), creation, Optional.of(until), 1);
            if (!page.facts().isEmpty()) {
                return Optional.of((Group) page.facts().getFirst().subject());
            }
            next = page.next();
        }
        return Optional.empty();
    }

    private void lock() {
        try {
            if (lock.tryLock(LOCK_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new TimeoutException("other readers of the audit log are in front");
    }

    private Page scan(
            Consumer<byte[], byte[]> open,
            long end,
            Predicate<ControlEvent> wanted,
            Instant until,
            int limit) {
        var found = new ArrayList<ControlEvent>();
        long bytes = 0;
        int scanned = 0;
        for (int polls = 0; polls < POLLS_MAX && open.position(PARTITION) < end; polls++) {
            for (var record : open.poll(POLL)) {
                if (found.size() >= limit || scanned >= SCANNED_MAX || bytes > PAGE_BYTES_MAX) {
                    return new Page(found, OptionalLong.of(record.offset()));
                }
                scanned++;
                var fact = codec.decode(record.value());
                if (!fact.at().isBefore(until)) { // Times of one log increase.
                    return new Page(found, OptionalLong.empty());
                }
                if (wanted.test(fact)) {
                    found.add(fact);
                    bytes += record.value().length;
                }
            }
        }
        long position = open.position(PARTITION);
        return new Page(found, position < end ? OptionalLong.of(position) : OptionalLong.empty());
    }

    private static long end(Consumer<byte[], byte[]> open) {
        return open.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    }

    private Consumer<byte[], byte[]> opened() {
        var open = consumer;
        if (open == null) {
            open = clients.consumer("control-audit", Start.EARLIEST);
            open.assign(List.of(PARTITION));
            consumer = open;
        }
        return open;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (consumer != null) {
                consumer.close();
                consumer = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
