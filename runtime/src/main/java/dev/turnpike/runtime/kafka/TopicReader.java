package dev.turnpike.runtime.kafka;

import dev.turnpike.schemas.topic.Span;
import dev.turnpike.schemas.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads stretches of one topic when somebody asks for them, chunk by chunk; where it is to go on is
 * the asker's to keep. Only what is committed is seen. One call at a time, others wait; the
 * consumer is opened by the first call.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    /** Polls for one chunk: four seconds when nothing comes, and plenty when it does. */
    private static final int POLLS_MAX = 20;

    private final KafkaClients clients;
    private final String name;
    private final Topic topic;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * @param name of the client, as brokers log it
     */
    public TopicReader(KafkaClients clients, String name, Topic topic) {
        this.clients = clients;
        this.name = name;
        this.topic = topic;
    }

    /**
     * Some records.
     *
     * @param left what of the span has not been read; empty when all has
     */
    public record Chunk(List<ConsumerRecord<byte[], byte[]>> records, Span left) {
        public Chunk {
            records = List.copyOf(records);
        }
    }

    /**
     * Where the records are whose time is not before {@code from} and before {@code to}; some of
     * them may be out of that range when times are not in order. What is not written yet is left
     * out.
     *
     * @throws KafkaException if the cluster does not answer
     */
    public List<Span> spans(Collection<Integer> partitions, Instant from, Instant to) {
        lock.lock();
        try {
            var open = opened();
            var all = partitions.stream().map(this::partition).toList();
            var ends = open.endOffsets(all);
            var begins = offsets(open, all, from);
            var stops = offsets(open, all, to);
            var spans = new ArrayList<Span>();
            for (var one : all) {
                long end = ends.getOrDefault(one, 0L);
                var begin = begins.get(one);
                var stop = stops.get(one);
                if (begin != null) {
                    long until = stop == null ? end : Math.min(end, stop.offset());
                    spans.add(new Span(one.partition(), begin.offset(), until));
                }
            }
            return spans.stream().filter(span -> !span.isEmpty()).toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads from the begin of {@code span}. A chunk may be empty with more to come, when the
     * cluster is slow.
     *
     * @param recordsMax records of the chunk, at least 1
     * @throws KafkaException if the cluster does not answer
     */
    public Chunk read(Span span, int recordsMax) {
        lock.lock();
        try {
            var open = opened();
            var partition = partition(span.partition());
            open.assign(List.of(partition));
            open.seek(partition, span.from());
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            for (int polls = 0; polls < POLLS_MAX; polls++) {
                if (open.position(partition) >= span.to()) {
                    return new Chunk(records, span.from(span.to()));
                }
                for (var record : open.poll(POLL)) {
                    if (record.offset() >= span.to()) {
                        return new Chunk(records, span.from(span.to()));
                    }
                    if (records.size() == recordsMax) {
                        return new Chunk(records, span.from(record.offset()));
                    }
                    records.add(record);
                }
            }
            return new Chunk(records, span.from(open.position(partition)));
        } finally {
            lock.unlock();
        }
    }

    private static Map<TopicPartition, @Nullable OffsetAndTimestamp> offsets(
            Consumer<byte[], byte[]> open, Collection<TopicPartition> all, Instant at) {
        var asked = new HashMap<TopicPartition, Long>();
        all.forEach(one -> asked.put(one, Math.max(0, at.toEpochMilli())));
        return open.offsetsForTimes(asked);
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(topic.name(), number);
    }

    private Consumer<byte[], byte[]> opened() {
        var open = consumer;
        if (open == null) {
            // A request held back for one partition would hold back the next partition's.
            open = clients.lookupConsumer(name);
            consumer = open;
        }
        return open;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (consumer != null) {
                consumer.close();
                consumer = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
