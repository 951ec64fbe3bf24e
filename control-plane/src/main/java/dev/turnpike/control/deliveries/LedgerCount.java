package dev.turnpike.control.deliveries;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.TopicReader;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.webhook.EventFilter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;

/**
 * Counts what a replay will send, before it is ordered. It reads the ledger up to a bound of
 * records and time. Thread-safe; one count at a time.
 */
public final class LedgerCount implements AutoCloseable {
    /** Ledger entries looked at for one count. */
    public static final int ENTRIES_MAX = 100_000;

    /** Time after which a count is left as it is. */
    public static final Duration TIME_MAX = Duration.ofSeconds(3);

    private static final int CHUNK = 5_000;

    private final RecordCodec<LedgerEntry> codec;
    private final TopicReader topic;
    private final ReentrantLock counting = new ReentrantLock();

    public LedgerCount(KafkaClients clients, SchemaIds schemas) {
        codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class, schemas);
        topic = new TopicReader(clients, "control-ledger", Topics.LEDGER);
    }

    /**
     * A count.
     *
     * @param exact false when there may be more
     */
    public record Count(long events, boolean exact) {}

    /**
     * The events that a replay of {@code range} sends to {@code webhook}.
     *
     * @param parentOf the parent of a group, empty for a root and for an unknown one
     * @throws ProblemException {@code unavailable} if the ledger does not answer, {@code
     *     server_is_overloaded} while others count
     */
    public Count of(
            Webhook webhook, TimeRange range, Function<GroupId, Optional<GroupId>> parentOf) {
        if (!counting.tryLock()) {
            throw Problem.of(ErrorCode.OVERLOADED, "Another replay is being ordered; try again")
                    .asException();
        }
        try {
            return count(webhook, range, parentOf);
        } catch (KafkaException e) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "The ledger does not answer").asException(e);
        } finally {
            counting.unlock();
        }
    }

    private Count count(
            Webhook webhook, TimeRange range, Function<GroupId, Optional<GroupId>> parentOf) {
        long deadline = System.nanoTime() + TIME_MAX.toNanos();
        long events = 0;
        int looked = 0;
        var spans =
                topic.spans(
                        range.partitions(),
                        range.from().minus(EventFilter.CLOCK_SKEW_MAX),
                        range.to().plus(EventFilter.LATE_MAX));
        for (var span : spans) {
            var left = span;
            while (!left.isEmpty()) {
                if (looked >= ENTRIES_MAX || System.nanoTime() >= deadline) {
                    return new Count(events, false);
                }
                var chunk = topic.read(left, CHUNK);
                left = chunk.left();
                looked += chunk.records().size();
                events +=
                        chunk.records().stream()
                                .filter(record -> isSent(record.value(), webhook, range, parentOf))
                                .count();
            }
        }
        return new Count(events, true);
    }

    private boolean isSent(
            byte[] value,
            Webhook webhook,
            TimeRange range,
            Function<GroupId, Optional<GroupId>> parentOf) {
        try {
            return EventFilter.matchesAgain(webhook, range, codec.decode(value), parentOf);
        } catch (UnreadableRecordException e) {
            return false; // It is not sent either.
        }
    }

    @Override
    public void close() {
        topic.close();
    }
}
