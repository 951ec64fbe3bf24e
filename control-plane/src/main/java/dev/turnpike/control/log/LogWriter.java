package dev.turnpike.control.log;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.topic.Topic;
import dev.turnpike.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Appends batches, each in one transaction; orders to replay go to those who carry them out, too.
 * Starting it fences every older writer. Not thread-safe; after a {@link LogLostException} it can
 * only be closed.
 */
final class LogWriter implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** After a commit the offset is known already; this only bounds a bug. */
    private static final Duration OFFSET_TIMEOUT = Duration.ofSeconds(1);

    private final Producer<byte[], byte[]> producer;
    private final RecordCodec<ControlEvent> events;
    private final RecordCodec<ControlState> states;
    private final RecordCodec<WebhookReplay> replays;

    /**
     * @param producer transactional, not yet initialised; closed with this writer
     */
    LogWriter(
            Producer<byte[], byte[]> producer,
            RecordCodec<ControlEvent> events,
            RecordCodec<ControlState> states,
            RecordCodec<WebhookReplay> replays) {
        this.producer = producer;
        this.events = events;
        this.states = states;
        this.replays = replays;
    }

    /**
     * Fences older writers and waits for their transactions to end.
     *
     * @throws LogLostException if the cluster does not answer
     */
    void open() {
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            throw new LogLostException("cannot take over the control log", e);
        }
    }

    /**
     * Appends; when this returns everything is committed.
     *
     * @return offset of the last state record
     * @throws LogLostException if it is unknown whether it was committed, or another writer took
     *     over
     */
    long append(Batch.Prepared batch) {
        try {
            producer.beginTransaction();
            Future<RecordMetadata> last = null;
            for (var event : batch.events()) {
                var key = event.subject().resourceId();
                last = send(Topics.CONTROL_EVENTS, event.at(), key, events.encode(event));
                if (event.before() == null && event.after() instanceof WebhookReplay order) {
                    var webhook = order.webhookId().value();
                    last = send(Topics.WEBHOOK_REPLAYS, event.at(), webhook, replays.encode(order));
                }
            }
            for (var entry : batch.state().entrySet()) {
                var value = entry.getValue().map(states::encode).orElse(null);
                last = send(Topics.CONTROL_STATE, batch.at(), entry.getKey(), value);
            }
            producer.commitTransaction();
            if (last == null) {
                throw new IllegalStateException("a batch without a head");
            }
            return last.get(OFFSET_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).offset();
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            throw new LogLostException("it is unknown whether a transaction was committed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogLostException("interrupted while committing", e);
        }
    }

    private Future<RecordMetadata> send(
            Topic topic, Instant when, String key, byte @Nullable [] value) {
        // The decision's time, so that facts are found by it.
        long at = when.toEpochMilli();
        var bytes = key.getBytes(StandardCharsets.UTF_8);
        int partition = Topics.partition(topic, key);
        return producer.send(new ProducerRecord<>(topic.name(), partition, at, bytes, value));
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}
