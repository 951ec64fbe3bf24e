package dev.turnpike.launcher.cluster;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Plays the control plane: writes the control state in transactions, the head of the log last. */
final class ControlWriter implements AutoCloseable {
    private final RecordCodec<ControlState> codec =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
    private final Producer<byte[], byte[]> producer;
    private long sequence;

    ControlWriter(KafkaClients clients) {
        producer = clients.transactionalProducer("control-writer", "control-writer");
        producer.initTransactions();
    }

    /** Commits the resources and returns the offset of the last record. */
    long write(Resource... resources) {
        producer.beginTransaction();
        for (var resource : resources) {
            send(resource.stateKey(), resource);
        }
        return commit();
    }

    /** Commits the deletion of a record. */
    long delete(String stateKey) {
        producer.beginTransaction();
        send(stateKey, null);
        return commit();
    }

    /** Writes the resources in a transaction that is then aborted. */
    void abort(Resource... resources) {
        producer.beginTransaction();
        for (var resource : resources) {
            send(resource.stateKey(), resource);
        }
        producer.flush();
        producer.abortTransaction();
    }

    /** Commits bytes that nobody can read. */
    long garbage(String stateKey) {
        producer.beginTransaction();
        put(stateKey, new byte[] {9, 9, 9});
        return commit();
    }

    long sequence() {
        return sequence;
    }

    private long commit() {
        sequence++;
        var head = new LogHead(sequence, new byte[32], "http://127.0.0.1:1", Instant.EPOCH);
        long offset = put(head.stateKey(), codec.encode(new ControlState(sequence, head)));
        producer.commitTransaction();
        return offset;
    }

    private void send(String stateKey, @Nullable Resource resource) {
        put(stateKey, resource == null ? null : codec.encode(new ControlState(sequence, resource)));
    }

    private long put(String stateKey, byte @Nullable [] value) {
        var key = stateKey.getBytes(StandardCharsets.UTF_8);
        var record = new ProducerRecord<>(Topics.CONTROL_STATE.name(), key, value);
        try {
            return producer.send(record).get().offset();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
