package dev.turnpike.usage.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns each adjustment of the control log into exactly one entry of the ledger. What has been
 * entered is remembered for ever, so that reading the log again from its beginning adds nothing.
 */
final class AdjustmentTask implements Processor<byte[], byte[], byte[], byte[]> {
    /** Keys of facts about adjustments begin so; all others are passed over unread. */
    private static final byte[] ID_PREFIX = "adj_".getBytes(UTF_8);

    private static final byte[] ENTERED = {1};
    private static final Logger LOGGER = LoggerFactory.getLogger(AdjustmentTask.class);

    private final UsageCodecs codecs;
    private final UsageMeters meters;
    private final DeadLetters deadLetters;
    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable KeyValueStore<String, byte[]> entered;

    AdjustmentTask(UsageCodecs codecs, UsageMeters meters, DeadLetters deadLetters) {
        this.codecs = codecs;
        this.meters = meters;
        this.deadLetters = deadLetters;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        entered = given.getStateStore(UsageTopology.ADJUSTMENTS_STORE);
    }

    @Override
    public void process(Record<byte @Nullable [], byte @Nullable []> source) {
        var key = source.key();
        var value = source.value();
        if (key == null || value == null || !isAdjustment(key)) {
            return;
        }
        try {
            if (codecs.facts().decode(value).after() instanceof Adjustment adjustment) {
                enter(adjustment);
            }
        } catch (UnreadableRecordException e) {
            bury(key, value, e);
        }
    }

    private void enter(Adjustment adjustment) {
        var known = Objects.requireNonNull(entered);
        if (known.putIfAbsent(adjustment.id().value(), ENTERED) != null) {
            meters.duplicate();
            return;
        }
        var entry = codecs.ledger().encode(LedgerEntry.of(adjustment));
        forward(
                UsageTopology.ADJUSTMENTS_LEDGER,
                adjustment.rootGroupId().value().getBytes(UTF_8),
                entry);
    }

    private void bury(byte[] key, byte[] value, UnreadableRecordException reason) {
        var from = Objects.requireNonNull(context).recordMetadata().orElseThrow();
        var error = String.valueOf(reason.getMessage());
        var letter =
                deadLetters.of(from.topic(), from.partition(), from.offset(), key, value, error);
        forward(UsageTopology.ADJUSTMENTS_DEAD_LETTERS, letter.key(), letter.value());
        meters.deadLetter();
        LOGGER.atWarn()
                .addKeyValue("offset", from.offset())
                .addKeyValue("error", error)
                .log("an adjustment cannot be read, it is among the dead letters");
    }

    private void forward(String sink, byte[] key, byte[] value) {
        var to = Objects.requireNonNull(context);
        to.forward(new Record<>(key, value, to.currentSystemTimeMs()), sink);
    }

    private static boolean isAdjustment(byte[] key) {
        if (key.length < ID_PREFIX.length) {
            return false;
        }
        for (int i = 0; i < ID_PREFIX.length; i++) {
            if (key[i] != ID_PREFIX[i]) {
                return false;
            }
        }
        return true;
    }
}
