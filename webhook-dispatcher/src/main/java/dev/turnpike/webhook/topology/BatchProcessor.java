package dev.turnpike.webhook.topology;

import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.webhook.domain.Batching;
import dev.turnpike.webhook.domain.Batching.Batch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Makes deliveries of events. Events of an open batch are in the store, so they survive with the
 * position of the topic they came from; the memory holds the same and is rebuilt from it.
 */
final class BatchProcessor extends ContextualProcessor<String, byte[], String, byte[]> {
    /** Name of the store of events that wait for their batch. */
    static final String STORE = "webhook-waiting-events";

    /** How often batches are looked at. */
    static final Duration TICK = Duration.ofMillis(20);

    private final Duration wait;
    private final IdSource ids;
    private Batching batching;
    private KeyValueStore<Bytes, byte[]> store;
    private long sequence;

    @SuppressWarnings("NullAway") // What is missing comes with init, which Streams calls first.
    BatchProcessor(Duration wait, IdSource ids) {
        this.wait = wait;
        this.ids = ids;
    }

    /** Also called anew when a transaction was lost: nothing of before may stay. */
    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        super.init(context);
        store = context.getStateStore(STORE);
        batching = new Batching(wait);
        try (var all = store.all()) {
            while (all.hasNext()) {
                var waiting = all.next();
                var event = read(waiting.key, waiting.value);
                sequence = Math.max(sequence, event.sequence());
                batching.add(event);
            }
        }
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var event = Forms.event(new WebhookId(record.key()), ++sequence, record.value());
        if (batching.waiting(event.webhookId(), event.entryId())) {
            return;
        }
        store.put(key(event), record.value());
        emit(batching.add(event), context().currentSystemTimeMs());
    }

    private void tick(long nowMillis) {
        emit(batching.due(Instant.ofEpochMilli(nowMillis)), nowMillis);
    }

    private void emit(List<Batch> batches, long nowMillis) {
        var now = Instant.ofEpochMilli(nowMillis);
        for (var batch : batches) {
            batch.events().forEach(event -> store.delete(key(event)));
            var delivery = batch.delivery(DeliveryId.ofUlid(ids.next()), now);
            var key = batch.webhookId().value();
            context().forward(new Record<>(key, Forms.delivery(delivery), nowMillis));
        }
        if (!batches.isEmpty()) {
            context().commit(); // Somebody waits at the other end.
        }
    }

    /** Sequence first: in the order of the store a batch is rebuilt as it was. */
    private static Bytes key(Batching.Event event) {
        var webhook = event.webhookId().value().getBytes(StandardCharsets.US_ASCII);
        return Bytes.wrap(
                ByteBuffer.allocate(Long.BYTES + webhook.length)
                        .putLong(event.sequence())
                        .put(webhook)
                        .array());
    }

    private static Batching.Event read(Bytes key, byte[] form) {
        var bytes = key.get();
        var webhook =
                new String(bytes, Long.BYTES, bytes.length - Long.BYTES, StandardCharsets.US_ASCII);
        return Forms.event(new WebhookId(webhook), ByteBuffer.wrap(bytes).getLong(), form);
    }
}
