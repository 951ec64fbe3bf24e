package dev.turnpike.bench.speed;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Counts what the edge has shipped, from the first record on. One thread. */
final class RequestsTopic {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Time without a record after which a topic that has enough counts as read. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final RecordCodec<RequestRecord> codec =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
    private final Set<String> ended = new HashSet<>();
    private long started;
    private long settled;
    private long repeated;
    private long otherEnds;

    private RequestsTopic() {}

    /**
     * Reads until the topic has as many settled requests as were served and then nothing more, or
     * the patience ends.
     */
    static Money count(KafkaClients kafka, long served) {
        var counter = new RequestsTopic();
        try (var consumer = kafka.consumer("bench-count", KafkaClients.Start.EARLIEST)) {
            consumer.assign(
                    IntStream.range(0, Topics.PARTITIONS)
                            .mapToObj(i -> new TopicPartition(Topics.REQUESTS.name(), i))
                            .toList());
            return counter.read(consumer, served);
        }
    }

    private Money read(Consumer<byte[], byte[]> consumer, long served) {
        long began = System.nanoTime();
        long last = began;
        while (System.nanoTime() - began < PATIENCE.toNanos()) {
            var records = consumer.poll(POLL);
            for (var record : records) {
                take(codec.decode(record.value()).fact());
            }
            long now = System.nanoTime();
            if (!records.isEmpty()) {
                last = now;
            } else if (settled >= served && now - last > QUIET.toNanos()) {
                break;
            }
        }
        return new Money(
                served, started, settled, repeated, otherEnds, (double) (last - began) / 1e9);
    }

    private void take(RequestFact fact) {
        if (fact instanceof Started) {
            started++;
            return;
        }
        boolean first = ended.add(fact.call().requestId().value());
        repeated += first ? 0 : 1;
        switch (fact) {
            case Settled _ -> settled += first ? 1 : 0;
            case Aborted _, Refused _ -> otherEnds++;
            case Started _ -> throw new IllegalStateException("seen above");
        }
    }
}
