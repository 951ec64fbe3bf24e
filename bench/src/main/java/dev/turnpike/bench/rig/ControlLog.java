package dev.turnpike.bench.rig;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes the control state as the control plane does, each change in a transaction with the head of
 * the log last. One thread.
 */
public final class ControlLog implements AutoCloseable {
    static final int TOGETHER = 1_000;

    private final RecordCodec<ControlState> codec =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
    private final Producer<byte[], byte[]> producer;
    private long sequence;

    ControlLog(KafkaClients kafka) {
        producer = kafka.transactionalProducer("bench-control", "bench-control");
        producer.initTransactions();
    }

    /** Commits a resource. */
    public void write(Resource resource) {
        commit(resource.stateKey(), codec.encode(new ControlState(sequence + 1, resource)));
    }

    /** Commits that a resource is gone. */
    public void delete(Resource resource) {
        commit(resource.stateKey(), null);
    }

    /** Commits many resources, {@value #TOGETHER} in a transaction. */
    void writeAll(Iterator<? extends Resource> resources) {
        while (resources.hasNext()) {
            producer.beginTransaction();
            for (int i = 0; i < TOGETHER && resources.hasNext(); i++) {
                var resource = resources.next();
                sequence++;
                send(resource.stateKey(), codec.encode(new ControlState(sequence, resource)));
            }
            sendHead();
            producer.commitTransaction();
        }
    }

    private void commit(String stateKey, byte @Nullable [] value) {
        sequence++;
        producer.beginTransaction();
        send(stateKey, value);
        sendHead();
        producer.commitTransaction(); // Also reports any failed send.
    }

    private void sendHead() {
        var head = new LogHead(sequence, new byte[32], "http://127.0.0.1:1", Instant.EPOCH);
        send(head.stateKey(), codec.encode(new ControlState(sequence, head)));
    }

    private void send(String stateKey, byte @Nullable [] value) {
        var key = stateKey.getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>(Topics.CONTROL_STATE.name(), key, value));
    }

    @Override
    public void close() {
        producer.close();
    }
}
