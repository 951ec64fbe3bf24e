package dev.turnpike.runtime.kafka;

import dev.turnpike.schemas.avro.RecordCodec;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * A codec of one topic's values as Kafka's serde, for Streams topologies. Thread-safe.
 *
 * @param codec what encodes and decodes
 */
public record RecordSerde<T extends Record>(RecordCodec<T> codec) implements Serde<T> {
    @Override
    public Serializer<T> serializer() {
        return new Serializer<T>() {
            @Override
            public byte @Nullable [] serialize(String topic, @Nullable T value) {
                return value == null ? null : codec.encode(value);
            }
        };
    }

    @Override
    public Deserializer<T> deserializer() {
        return new Deserializer<T>() {
            @Override
            public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
                return bytes == null ? null : codec.decode(bytes);
            }
        };
    }
}
