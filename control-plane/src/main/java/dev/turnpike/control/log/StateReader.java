package dev.turnpike.control.log;

import dev.turnpike.control.domain.Image;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Folds {@code turnpike.control.state} into snapshots. Not thread-safe. */
final class StateReader implements AutoCloseable {
    private static final TopicPartition PARTITION =
            new TopicPartition(Topics.CONTROL_STATE.name(), 0);
    private static final Duration POLL = Duration.ofMillis(200);

    /** Polls in a row that may bring nothing while reading to the end: half a minute. */
    private static final int EMPTY_POLLS_MAX = 150;

    private final Consumer<byte[], byte[]> consumer;
    private final RecordCodec<ControlState> codec;

    /**
     * @param consumer read-committed, without a group; closed with this reader
     */
    StateReader(Consumer<byte[], byte[]> consumer, RecordCodec<ControlState> codec) {
        this.consumer = consumer;
        this.codec = codec;
        consumer.assign(List.of(PARTITION));
    }

    /**
     * Reads everything there is.
     *
     * @throws org.apache.kafka.common.KafkaException if the cluster does not answer
     */
    Snapshot load() {
        consumer.seekToBeginning(List.of(PARTITION));
        return toEnd(Snapshot.NOTHING);
    }

    /** Goes on after {@code from} to what is now the end of the topic. */
    Snapshot toEnd(Snapshot from) {
        long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        var snapshot = from;
        int empty = 0;
        for (long at = consumer.position(PARTITION); at < end; ) {
            snapshot = poll(snapshot, POLL);
            long now = consumer.position(PARTITION);
            empty = now > at ? 0 : empty + 1;
            if (empty > EMPTY_POLLS_MAX) {
                throw new TimeoutException("the end of the control state is out of reach");
            }
            at = now;
        }
        return snapshot;
    }

    /** Applies what has arrived; the same snapshot when nothing has within {@code wait}. */
    Snapshot poll(Snapshot from, Duration wait) {
        var image = from.image();
        long position = from.position();
        for (var record : consumer.poll(wait)) {
            image = apply(image, record);
            position = record.offset();
        }
        return position == from.position() ? from : new Snapshot(image, position);
    }

    private Image apply(Image image, ConsumerRecord<byte[], byte[]> record) {
        var value = record.value();
        return value == null
                ? image.without(new String(record.key(), StandardCharsets.UTF_8))
                : image.with(codec.decode(value).resource());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
