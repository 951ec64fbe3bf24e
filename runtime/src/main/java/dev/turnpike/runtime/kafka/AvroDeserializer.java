package dev.turnpike.runtime.kafka;

import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Reads what {@link AvroSerializer} wrote, and understands the same configuration keys. */
public final class AvroDeserializer implements Deserializer<Record> {
    private @Nullable AvroCodecs codecs;

    /** For Kafka, which calls {@link #configure} next. */
    public AvroDeserializer() {}

    public AvroDeserializer(SchemaIds ids) {
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
     * @throws SerializationException if {@code bytes} are not a record of {@code topic}
     */
    @Override
    public @Nullable Record deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (codecs == null) {
            throw new SerializationException("not configured");
        }
        try {
            return codecs.of(topic).decode(bytes);
        } catch (UnreadableRecordException e) {
            throw new SerializationException(e.getMessage(), e);
        }
    }
}
