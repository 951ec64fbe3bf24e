package dev.turnpike.runtime.kafka;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.deadletter.DeadLetter;
import dev.turnpike.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Makes the records of {@code turnpike.dead-letters} for one reader. Thread-safe. */
public final class DeadLetters {
    /** Largest key and value kept together, in bytes; a larger record is named but not kept. */
    public static final int CONTENT_BYTES_MAX = 2 << 20;

    /** Longest error text kept, in characters. */
    public static final int ERROR_LENGTH_MAX = 500;

    private final String reader;
    private final RecordCodec<DeadLetter> codec;
    private final InstantSource clock;

    /**
     * @param reader the service that gives up on records
     */
    public DeadLetters(String reader, SchemaIds ids, InstantSource clock) {
        this.reader = reader;
        this.codec = RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class, ids);
        this.clock = clock;
    }

    /**
     * The record that says that one could not be read.
     *
     * @param error what went wrong, without content of the record
     */
    public ProducerRecord<byte[], byte[]> of(
            String topic,
            int partition,
            long offset,
            byte @Nullable [] key,
            byte @Nullable [] value,
            String error) {
        int size = (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        boolean kept = size <= CONTENT_BYTES_MAX;
        var letter =
                new DeadLetter(
                        reader,
                        topic,
                        partition,
                        offset,
                        kept ? key : null,
                        kept ? value : null,
                        error.substring(0, Math.min(error.length(), ERROR_LENGTH_MAX)),
                        clock.instant());
        var letterKey = (topic + "/" + partition).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(Topics.DEAD_LETTERS.name(), letterKey, codec.encode(letter));
    }
}
