package dev.turnpike.runtime.kafka;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the values of our topics in Confluent wire format. As a class name in a client's
 * configuration it understands Confluent's keys {@code schema.registry.url}, {@code
 * auto.register.schemas} and {@code basic.auth.user.info}.
 */
public final class AvroSerializer implements Serializer<Record> {
    private @Nullable AvroCodecs codecs;

    /** For Kafka, which calls {@link #configure} next. */
    public AvroSerializer() {}

    public AvroSerializer(SchemaIds ids) {
        this.codecs = new AvroCodecs(ids);
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        if (isKey) {
            throw new SerializationException("keys are plain text, not Avro");
        }
        codecs = AvroCodecs.configured(configs);
    }

    /**
     * @throws SerializationException if {@code value} is not the record of {@code topic}
     */
    @Override
    public byte @Nullable [] serialize(String topic, @Nullable Record value) {
        if (value == null) {
            return null;
        }
        if (codecs == null) {
            throw new SerializationException("not configured");
        }
        try {
            return encode(codecs.of(topic), value);
        } catch (ClassCastException e) {
            throw new SerializationException(
                    topic + " does not hold " + value.getClass().getSimpleName(), e);
        }
    }

    @SuppressWarnings("unchecked") // The codec itself checks: its getters are bound to the type.
    private static <T extends Record> byte[] encode(RecordCodec<T> codec, Record value) {
        return codec.encode((T) value);
    }
}
