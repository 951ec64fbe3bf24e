package dev.turnpike.launcher.demo;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Reads {@code turnpike.ledger} as a billing pipeline would. Used by one thread. */
final class LedgerReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordCodec<LedgerEntry> codec;
    private final Map<String, LedgerEntry> entries = new LinkedHashMap<>();

    private LedgerReader(Consumer<byte[], byte[]> consumer, RecordCodec<LedgerEntry> codec) {
        this.consumer = consumer;
        this.codec = codec;
    }

    /** A reader that sees what is committed from now on. */
    static LedgerReader fromNow(KafkaClients kafka, SchemaIds ids) {
        var consumer = kafka.consumer("demo-ledger", KafkaClients.Start.EXPLICIT);
        var partitions =
                IntStream.range(0, Topics.LEDGER.partitions())
                        .mapToObj(number -> new TopicPartition(Topics.LEDGER.name(), number))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // Seeking is lazy; this settles where now is.
        return new LedgerReader(consumer, RecordCodec.of(Subject.LEDGER, LedgerEntry.class, ids));
    }

    /**
     * Waits for the entries of these requests.
     *
     * @return one entry for each
     * @throws StoryException saying how many are missing after {@code patience}, or naming a
     *     request that is in the ledger twice
     */
    List<LedgerEntry> await(Set<String> requestIds, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!entries.keySet().containsAll(requestIds)) {
            if (System.nanoTime() - deadline >= 0) {
                throw new StoryException(
                        "within %d s the ledger got entries for %d of %d requests"
                                .formatted(
                                        patience.toSeconds(),
                                        requestIds.stream().filter(entries::containsKey).count(),
                                        requestIds.size()));
            }
            for (var record : consumer.poll(POLL)) {
                var entry = codec.decode(record.value());
                var requestId = entry.call().requestId().value();
                if (entries.put(requestId, entry) != null) {
                    throw new StoryException("the ledger has request " + requestId + " twice");
                }
            }
        }
        return requestIds.stream().map(id -> Objects.requireNonNull(entries.get(id))).toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
