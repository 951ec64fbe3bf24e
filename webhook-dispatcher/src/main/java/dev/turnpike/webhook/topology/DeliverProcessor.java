package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.webhook.domain.Attempt;
import dev.turnpike.webhook.domain.Outbox;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps deliveries until they are done. Attempts run on threads of their own; their ends come back
 * through {@link Outcomes} and are written down, with the attempt's record, in one transaction.
 *
 * <p><b>Why a delivery may be sent before this task's transaction commits.</b> Its id and body come
 * from the topic of deliveries, read committed, so they are durable before they are seen here. If
 * this task's transaction is lost, the same delivery is read again and sent again, unchanged.
 *
 * <p>Making deliveries in this task and sending them one punctuation later would not do. In Kafka
 * 4.3.1 the stream thread does process, punctuate, commit in each round ({@code
 * StreamThread.runOnceWithoutProcessingThreads}), but {@code
 * TaskManager.maybeCommitActiveTasksPerUserRequested} and {@code TaskExecutor} skip the commit,
 * with -1, while a rebalance is in progress, also when one was requested, and the thread goes on to
 * punctuate. A delivery could be sent whose transaction is then aborted, and its events would come
 * again under another id. No store is told of commits either: under exactly-once a running task
 * calls {@code StateStore.commit} only at checkpoints.
 */
final class DeliverProcessor extends ContextualProcessor<String, byte[], String, DeliveryAttempt> {
    /** Name of the store of undelivered deliveries. */
    static final String STORE = "webhook-outbox";

    /** How often ended attempts are taken and due ones looked for. */
    static final Duration TICK = Duration.ofMillis(20);

    private final Delivering delivering;
    private Outcomes outcomes;
    private Outbox outbox;

    @SuppressWarnings("NullAway") // What is missing comes with init, which Streams calls first.
    DeliverProcessor(Delivering delivering) {
        this.delivering = delivering;
    }

    /** Also called anew when a transaction was lost: nothing of before may stay. */
    @Override
    public void init(ProcessorContext<String, DeliveryAttempt> context) {
        super.init(context);
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(STORE);
        outcomes = new Outcomes(delivering.slots());
        outbox =
                new Outbox(
                        new StreamsOutboxStore(store),
                        delivering.directory(),
                        delivering.slots(),
                        delivering.random(),
                        delivering.windowMax());
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        perform(outbox.add(Forms.delivery(record.value()), now()));
    }

    @Override
    public void close() {
        outcomes.close();
    }

    private void tick(long nowMillis) {
        var now = Instant.ofEpochMilli(nowMillis);
        for (var ended : outcomes.take()) {
            perform(outbox.ended(ended, now));
        }
        perform(outbox.tick(now));
    }

    private void perform(Outbox.Effects effects) {
        for (var fact : effects.facts()) {
            delivering.observer().recorded(fact);
            context()
                    .forward(
                            new Record<>(
                                    fact.webhookId().value(),
                                    fact,
                                    context().currentSystemTimeMs()));
        }
        effects.attempts().forEach(this::send);
    }

    private void send(Attempt attempt) {
        var mine = outcomes;
        delivering.sender().send(attempt, ended -> mine.put(ended, attempt.proven()));
    }

    private Instant now() {
        return Instant.ofEpochMilli(context().currentSystemTimeMs());
    }
}
