package dev.turnpike.control.ledger;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code turnpike.ledger} page by page. Pages follow the log, so entries that are committed
 * between two pages are on a later one, and none is on two. Thread-safe.
 */
public final class LedgerLog {
    /** Entries looked at for one page; a page may end early with more to come. */
    public static final int SCANNED_MAX = 20_000;

    /** How far the clock of an edge may be ahead of the aggregator's. */
    public static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(5);

    /** Every partition. */
    public static final Set<Integer> ALL_PARTITIONS =
            Set.copyOf(IntStream.range(0, Topics.PARTITIONS).boxed().toList());

    /** Entries looked at for one count. */
    public static final int COUNTED_MAX = 100_000;

    /** Time after which a count is left as it is. */
    public static final Duration COUNT_TIME_MAX = Duration.ofSeconds(3);

    private static final Duration TIME_MAX = Duration.ofSeconds(8);
    private static final Logger LOGGER = LoggerFactory.getLogger(LedgerLog.class);

    private final LogReaders readers;
    private final RecordCodec<LedgerEntry> codec;
    private final InstantSource clock;

    public LedgerLog(LogReaders readers, SchemaIds schemas, InstantSource clock) {
        this.readers = readers;
        this.codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class, schemas);
        this.clock = clock;
    }

    /**
     * Entries of one page, in the order in which they were written.
     *
     * @param next where to go on
     * @param more whether there is more by now
     */
    public record Page(List<LedgerEntry> entries, Position next, boolean more) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /**
     * What to look for.
     *
     * @param partitions where it can be; the others are passed over
     * @param end nothing whose request came then or later is asked for, so reading may stop some
     *     time after it; empty reads to the end of the log
     */
    public record Search(
            Set<Integer> partitions, Optional<Instant> end, Predicate<LedgerEntry> wanted) {
        public Search {
            partitions = Set.copyOf(partitions);
        }
    }

    /** A place before every entry whose request came at {@code start} or later. */
    public Position at(Instant start) {
        return readers.ask(consumer -> {
            var begins = begins(consumer, partitions(ALL_PARTITIONS), start);
            return position(p -> begins.getOrDefault(p, 0L));
        });
    }

    /**
     * How many entries there are.
     *
     * @param exact false when there may be more
     */
    public record Count(long entries, boolean exact) {}

    /**
     * Counts what is wanted of the entries whose request came at {@code start} or later, up to a
     * bound of entries and time.
     */
    public Count count(Instant start, Search search) {
        return readers.ask(consumer -> {
            var partitions = partitions(search.partitions());
            var begins = begins(consumer, partitions, start);
            var ends = ends(consumer, partitions, search.end());
            long deadline = System.nanoTime() + COUNT_TIME_MAX.toNanos();
            return count(new TopicScan(consumer, begins, ends, deadline), search.wanted());
        });
    }

    Count count(TopicScan scan, Predicate<LedgerEntry> wanted) {
        long entries = 0;
        int scanned = 0;
        for (var next = scan.peek(); next.isPresent(); next = scan.peek()) {
            if (scanned++ == COUNTED_MAX) {
                break;
            }
            entries += decoded(next.get()).filter(wanted).isPresent() ? 1 : 0;
            scan.take(next.get());
        }
        return new Count(entries, scan.done());
    }

    /**
     * Reads one page.
     *
     * @param limit most entries on it
     */
    public Page read(Position from, Search search, int limit) {
        return readers.ask(consumer -> {
            var partitions = partitions(search.partitions());
            var starts = new HashMap<TopicPartition, Long>();
            partitions.forEach(p -> starts.put(p, from.offsets().get(p.partition())));
            var ends = ends(consumer, partitions, search.end());
            long deadline = System.nanoTime() + TIME_MAX.toNanos();
            var scan = new TopicScan(consumer, starts, ends, deadline);
            return page(scan, from, search.wanted(), limit);
        });
    }

    Page page(TopicScan scan, Position from, Predicate<LedgerEntry> wanted, int limit) {
        var found = new ArrayList<LedgerEntry>();
        boolean another = false;
        int scanned = 0;
        for (var next = scan.peek(); next.isPresent(); next = scan.peek()) {
            if (scanned++ == SCANNED_MAX) {
                break;
            }
            var entry = decoded(next.get()).filter(wanted);
            if (entry.isPresent() && found.size() == limit) {
                another = true; // Left for the next page.
                break;
            }
            entry.ifPresent(found::add);
            scan.take(next.get());
        }
        var position =
                position(p -> {
                    var next = scan.next(p);
                    return next == null ? from.offsets().get(p.partition()) : next;
                });
        return new Page(found, position, another || !scan.done());
    }

    /** Where to begin for requests from {@code start} on; at the end where there is none. */
    private static Map<TopicPartition, Long> begins(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Instant start) {
        var begins = new HashMap<>(consumer.endOffsets(partitions));
        begins.putAll(offsetsAt(consumer, partitions, start.minus(CLOCK_SKEW_MAX)));
        return begins;
    }

    private Map<TopicPartition, Long> ends(
            Consumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            Optional<Instant> end) {
        var ends = new HashMap<>(consumer.endOffsets(partitions));
        var last = end.map(time -> time.plus(LedgerEntry.LATE_MAX));
        if (last.isPresent() && last.get().isBefore(clock.instant())) {
            ends.putAll(offsetsAt(consumer, partitions, last.get()));
        }
        return ends;
    }

    private Optional<LedgerEntry> decoded(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.of(codec.decode(record.value()));
        } catch (UnreadableRecordException e) {
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("a ledger entry cannot be read and is left out");
            return Optional.empty();
        }
    }

    /** Offsets of the first records written then or later; partitions without one are left out. */
    private static Map<TopicPartition, Long> offsetsAt(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Instant at) {
        long millis = Math.max(0, at.toEpochMilli()); // Nothing was written before 1970.
        var times = new HashMap<TopicPartition, Long>();
        partitions.forEach(p -> times.put(p, millis));
        var offsets = new HashMap<TopicPartition, Long>();
        consumer.offsetsForTimes(times)
                .forEach((partition, found) -> {
                    if (found != null) {
                        offsets.put(partition, found.offset());
                    }
                });
        return offsets;
    }

    private static List<TopicPartition> partitions(Set<Integer> numbers) {
        return numbers.stream().map(n -> new TopicPartition(Topics.LEDGER.name(), n)).toList();
    }

    private static Position position(Function<TopicPartition, Long> offset) {
        return new Position(
                IntStream.range(0, Topics.PARTITIONS)
                        .mapToObj(n -> offset.apply(new TopicPartition(Topics.LEDGER.name(), n)))
                        .toList());
    }
}
