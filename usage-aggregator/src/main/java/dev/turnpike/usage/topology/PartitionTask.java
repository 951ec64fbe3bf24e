package dev.turnpike.usage.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.price.Cost;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.usage.domain.Accountant;
import dev.turnpike.usage.domain.Applied;
import dev.turnpike.usage.domain.Applied.Outcome;
import dev.turnpike.usage.domain.Horizon;
import dev.turnpike.usage.domain.InvalidRecordException;
import dev.turnpike.usage.domain.KeyUses;
import dev.turnpike.usage.domain.StreamMark.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work on one partition: each record into the ledger, the totals and the uses of keys, and the
 * putting away of what has had its time. Run by one Streams thread; everything it writes is in that
 * thread's transaction.
 */
final class PartitionTask {
    /** Totals that may wait to be published; more are published at once. */
    static final int CHANGED_TOTALS_MAX = 10_000;

    /** Request ids, and totals, put away in one round. */
    static final int PUT_AWAY_MAX = 2_000;

    /** Stream marks looked at in one round. */
    static final int MARKS_LOOKED_AT_MAX = 200;

    /** Uses of keys published in one round, beside those of keys that were quiet before. */
    static final int DUE_USES_MAX = 2_000;

    /** Keys looked at in one round, to forget those that are gone. */
    static final int KEYS_LOOKED_AT_MAX = 20;

    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionTask.class);

    private final ProcessorContext<byte[], byte[]> context;
    private final StoredState state;
    private final TotalsStore totals;
    private final KeyUses uses;
    private final Accountant accountant;
    private final UsageCodecs codecs;
    private final Supplier<PriceBook> prices;
    private final UsageMeters meters;
    private final DeadLetters deadLetters;
    private final Duration requestRetention;
    private String nextMark = "";

    PartitionTask(
            ProcessorContext<byte[], byte[]> context,
            StoredState state,
            KeyUses uses,
            UsageCodecs codecs,
            Supplier<PriceBook> prices,
            UsageMeters meters,
            DeadLetters deadLetters,
            Duration requestRetention) {
        this.context = context;
        this.state = state;
        this.totals = state.totals();
        this.uses = uses;
        this.accountant = new Accountant(state);
        this.codecs = codecs;
        this.prices = prices;
        this.meters = meters;
        this.deadLetters = deadLetters;
        this.requestRetention = requestRetention;
    }

    /** Applies one record; one that cannot be read or cannot be true goes to the dead letters. */
    void process(Record<byte[], byte[]> source) {
        try {
            var record = read(source.key(), source.value());
            var applied = accountant.apply(record, horizon(), prices.get());
            write(record, applied);
        } catch (UnreadableRecordException | InvalidRecordException e) {
            bury(source, e);
        }
        if (totals.waiting() >= CHANGED_TOTALS_MAX) {
            publishTotals();
        }
    }

    /** Sends every total that changed since the last time. */
    void publishTotals() {
        for (var total : totals.takeChanged()) {
            forward(UsageTopology.TOTALS, total.counter().getBytes(UTF_8), total.value());
            meters.total();
        }
    }

    /** Sends the uses of keys that have waited their time. */
    void publishUses() {
        uses.due(wall(), DUE_USES_MAX).forEach(this::publish);
    }

    /** Puts away what has had its time, a bounded part of it. */
    void putAway() {
        var horizon = horizon();
        for (var id : state.forgottenRequests(horizon, PUT_AWAY_MAX)) {
            accountant.forget(id, horizon);
        }
        for (var counter : totals.removeEnded(horizon.wall(), PUT_AWAY_MAX)) {
            forward(UsageTopology.TOTALS, counter.getBytes(UTF_8), null);
        }
        nextMark = state.removeMarks(horizon, nextMark, MARKS_LOOKED_AT_MAX);
        for (var key : uses.forget(horizon.wall(), KEYS_LOOKED_AT_MAX)) {
            forward(UsageTopology.KEYS_USED, key.value().getBytes(UTF_8), null);
        }
    }

    private RequestRecord read(byte @Nullable [] key, byte @Nullable [] value) {
        if (value == null || key == null) {
            throw new InvalidRecordException("a record of requests has a key and a value");
        }
        var record = codecs.requests().decode(value);
        var root = record.fact().call().caller().rootGroupId();
        if (!Arrays.equals(key, root.value().getBytes(UTF_8))) {
            // In another partition its repetitions would not be seen.
            throw new InvalidRecordException("the key is not the root group id");
        }
        return record;
    }

    private void write(RequestRecord record, Applied applied) {
        if (applied.arrival() == Arrival.AFTER_GAP) {
            meters.missing(applied.skipped());
            LOGGER.atWarn()
                    .addKeyValue("stream", record.stream())
                    .addKeyValue("sequence", record.sequence())
                    .addKeyValue("missing", applied.skipped())
                    .addKeyValue("partition", context.taskId().partition())
                    .log("records of a stream are missing");
        } else if (applied.arrival() == Arrival.LATE) {
            meters.late();
        }
        switch (applied.outcome()) {
            case Outcome.Opened _ -> use(record);
            case Outcome.Duplicate _ -> meters.duplicate();
            case Outcome.Entered(var entry, var cost) -> {
                use(record);
                enter(entry, cost);
            }
        }
    }

    private void use(RequestRecord record) {
        uses.used(record.fact().call(), wall()).ifPresent(this::publish);
    }

    private void publish(KeyUse use) {
        var key = use.apiKeyPrefix().value().getBytes(UTF_8);
        forward(UsageTopology.KEYS_USED, key, codecs.keyUses().encode(use));
        meters.keyUse();
    }

    private void enter(LedgerEntry entry, Cost cost) {
        var root = entry.call().caller().rootGroupId().value();
        forward(UsageTopology.LEDGER, root.getBytes(UTF_8), codecs.ledger().encode(entry));
        meters.entry(entry.outcome());
        switch (cost) {
            case Cost.Free _, Cost.Priced _ -> {}
            case Cost.NoPrice _ -> meters.unpriced();
            case Cost.Overflow _ -> meters.overflowing();
        }
    }

    private void bury(Record<byte[], byte[]> source, RuntimeException reason) {
        var from = context.recordMetadata().orElseThrow();
        var error = String.valueOf(reason.getMessage());
        var letter =
                deadLetters.of(
                        from.topic(),
                        from.partition(),
                        from.offset(),
                        source.key(),
                        source.value(),
                        error);
        forward(UsageTopology.DEAD_LETTERS, letter.key(), letter.value());
        meters.deadLetter();
        warn(from, error);
    }

    private static void warn(RecordMetadata from, String error) {
        LOGGER.atWarn()
                .addKeyValue("topic", from.topic())
                .addKeyValue("partition", from.partition())
                .addKeyValue("offset", from.offset())
                .addKeyValue("error", error)
                .log("a record cannot be read, it is among the dead letters");
    }

    /**
     * Records bear the time of writing: retention counts from then, whatever an edge's clock says.
     */
    private void forward(String sink, byte[] key, byte @Nullable [] value) {
        context.forward(new Record<>(key, value, wall().toEpochMilli()), sink);
    }

    private Horizon horizon() {
        var wall = wall();
        long newest = Math.max(0, context.currentStreamTimeMs());
        var now = Instant.ofEpochMilli(Math.min(newest, wall.toEpochMilli()));
        return new Horizon(now, wall, requestRetention);
    }

    private Instant wall() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }
}
