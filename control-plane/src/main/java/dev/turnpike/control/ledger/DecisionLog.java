package dev.turnpike.control.ledger;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds refusals in {@code turnpike.requests} by their decision id. The id begins with the time at
 * which an edge drew it, and the record bears the time at which the same edge sent it, by the same
 * clock; so the record stands at or shortly after that time and no index is needed (ADR 0008).
 * Thread-safe.
 */
public final class DecisionLog {
    /** How long after its decision a record is looked for: a longer outage hides it. */
    public static final Duration SHIPPED_WITHIN = Duration.ofMinutes(10);

    /** Records looked at for one decision. */
    public static final int SCANNED_MAX = 400_000;

    /** How far an edge's clock may have been set back between drawing and sending. */
    private static final Duration CLOCK_STEP_MAX = Duration.ofSeconds(2);

    /** A decision this young may still be on its way, so the end of the log is waited at. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

    /** An edge's clock may be ahead of ours by this; an id further ahead was made up. */
    private static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(1);

    private static final Duration TIME_MAX = Duration.ofSeconds(6);
    private static final Duration POLL = Duration.ofMillis(100);

    private final LogReaders readers;
    private final RecordCodec<RequestRecord> codec;
    private final InstantSource clock;

    public DecisionLog(LogReaders readers, SchemaIds schemas, InstantSource clock) {
        this.readers = readers;
        this.codec = RecordCodec.of(Subject.REQUESTS, RequestRecord.class, schemas);
        this.clock = clock;
    }

    /** The answer to a search. */
    public sealed interface Answer {
        /**
         * @param position {@code requests-partition-offset}: the topic by its last word
         */
        record Found(Refused refused, String position) implements Answer {}

        /** It is nowhere it could be. */
        record Absent() implements Answer {}

        /** The search took too long; fewer partitions may help. */
        record Unfinished() implements Answer {}
    }

    /**
     * Looks for a decision.
     *
     * @param partitions where it can be
     */
    public Answer find(DecisionId id, Set<Integer> partitions) {
        var drawn = id.drawnAt();
        return drawn.isAfter(clock.instant().plus(CLOCK_SKEW_MAX))
                ? new Answer.Absent()
                : readers.ask(consumer -> search(consumer, id, drawn, partitions));
    }

    private Answer search(
            Consumer<byte[], byte[]> consumer,
            DecisionId id,
            Instant drawn,
            Set<Integer> partitions) {
        var open = begun(consumer, drawn, partitions);
        var name = id.value().getBytes(StandardCharsets.US_ASCII);
        long last = drawn.plus(SHIPPED_WITHIN).toEpochMilli();
        long deadline = System.nanoTime() + TIME_MAX.toNanos();
        int scanned = 0;
        while (!ended(consumer, open, drawn)) {
            if (System.nanoTime() - deadline >= 0 || scanned >= SCANNED_MAX) {
                return new Answer.Unfinished();
            }
            for (var record : consumer.poll(POLL)) {
                scanned++;
                if (record.timestamp() > last) {
                    var passed = new TopicPartition(record.topic(), record.partition());
                    open.remove(passed);
                    consumer.pause(Set.of(passed));
                } else if (contains(record.value(), name)) {
                    var found = refused(record, id);
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
            }
        }
        return new Answer.Absent();
    }

    /** Begins in every partition that has a record of that time or later. */
    private Set<TopicPartition> begun(
            Consumer<byte[], byte[]> consumer, Instant drawn, Set<Integer> numbers) {
        var open =
                numbers.stream()
                        .map(n -> new TopicPartition(Topics.REQUESTS.name(), n))
                        .collect(Collectors.toCollection(HashSet::new));
        long from = Math.max(0, drawn.minus(CLOCK_STEP_MAX).toEpochMilli());
        var times = new HashMap<TopicPartition, Long>();
        open.forEach(partition -> times.put(partition, from));
        var ends = consumer.endOffsets(open);
        var starts = consumer.offsetsForTimes(times);
        consumer.assign(open);
        consumer.resume(open);
        for (var partition : open) {
            var start = starts.get(partition);
            consumer.seek(
                    partition, start == null ? ends.getOrDefault(partition, 0L) : start.offset());
        }
        return open;
    }

    /** Whether nothing more can come; at the end of the log a young decision is waited for. */
    private boolean ended(
            Consumer<byte[], byte[]> consumer, Set<TopicPartition> open, Instant drawn) {
        if (open.isEmpty()) {
            return true;
        }
        if (clock.instant().isBefore(drawn.plus(ON_ITS_WAY))) {
            return false;
        }
        var ends = consumer.endOffsets(open);
        return open.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L));
    }

    private Optional<Answer> refused(ConsumerRecord<byte[], byte[]> record, DecisionId id) {
        try {
            if (codec.decode(record.value()).fact() instanceof Refused refused
                    && refused.decision().id().equals(id)) {
                var topic = record.topic().substring(record.topic().lastIndexOf('.') + 1);
                var at = topic + "-" + record.partition() + "-" + record.offset();
                return Optional.of(new Answer.Found(refused, at));
            }
        } catch (UnreadableRecordException e) {
            return Optional.empty(); // Whatever it is, it is no refusal that can be explained.
        }
        return Optional.empty();
    }

    /** Far cheaper than decoding, and ids are too long to stand somewhere by chance. */
    private static boolean contains(byte[] value, byte[] name) {
        int last = value == null ? -1 : value.length - name.length;
        for (int at = 0; at <= last; at++) {
            if (value[at] == name[0] && matches(value, at, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(byte[] value, int at, byte[] name) {
        for (int i = name.length - 1; i > 0; i--) { // From the end, where ids differ.
            if (value[at + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}
