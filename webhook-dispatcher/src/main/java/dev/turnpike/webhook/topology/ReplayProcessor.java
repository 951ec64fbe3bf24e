package dev.turnpike.webhook.topology;

import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.webhook.domain.LedgerRead;
import dev.turnpike.webhook.domain.Replays;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Makes deliveries of what is to be sent again. They go through a topic, like new ones, and so are
 * committed, together with how far the order has come, before anybody can send them.
 */
final class ReplayProcessor extends ContextualProcessor<String, ReplayInput, String, byte[]> {
    /** Name of the store of orders. */
    static final String STORE = "webhook-replays";

    /** How often it is looked what to read. */
    static final Duration TICK = Duration.ofMillis(50);

    private final Replaying replaying;
    private final IdSource ids;
    private Replays replays;

    /** No longer than the orders at work: each has one read at a time. */
    private ConcurrentLinkedQueue<LedgerRead.Outcome> outcomes;

    @SuppressWarnings("NullAway") // Both come with init, which Streams calls first.
    ReplayProcessor(Replaying replaying, IdSource ids) {
        this.replaying = replaying;
        this.ids = ids;
    }

    /** Also called anew when a transaction was lost: nothing of before may stay. */
    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        super.init(context);
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(STORE);
        outcomes = new ConcurrentLinkedQueue<>();
        replays =
                new Replays(
                        new StreamsReplayStore(store),
                        replaying.directory(),
                        replaying.customerField(),
                        () -> DeliveryId.ofUlid(ids.next()));
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    @Override
    public void process(Record<String, ReplayInput> record) {
        switch (record.value()) {
            case ReplayInput.Ordered(var order) -> replays.add(order);
            case ReplayInput.Recorded(var fact) -> replays.recorded(fact);
        }
    }

    private void tick(long nowMillis) {
        var now = Instant.ofEpochMilli(nowMillis);
        for (var next = outcomes.poll(); next != null; next = outcomes.poll()) {
            for (var delivery : replays.took(next, now)) {
                var key = delivery.webhookId().value();
                context().forward(new Record<>(key, Forms.delivery(delivery), nowMillis));
            }
        }
        var mine = outcomes;
        for (var read : replays.tick(now)) {
            if (!replaying.ledger().start(read, mine::add)) {
                replays.refused(read);
            }
        }
    }
}
