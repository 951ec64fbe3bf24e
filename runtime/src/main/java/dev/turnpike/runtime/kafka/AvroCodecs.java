package dev.turnpike.runtime.kafka;

import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.registry.RegistryClient;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.SerializationException;

/** The codecs of all topics by name, made from Confluent's configuration keys. Thread-safe. */
final class AvroCodecs {
    static final String REGISTRY_URL = "schema.registry.url";
    static final String AUTO_REGISTER = "auto.register.schemas";
    static final String CREDENTIALS = "basic.auth.user.info";

    private final SchemaIds ids;
    private final Map<String, RecordCodec<? extends Record>> byTopic = new ConcurrentHashMap<>();

    AvroCodecs(SchemaIds ids) {
        this.ids = ids;
    }

    /** Without a registry's URL the ids compiled into the schemas are used. */
    static AvroCodecs configured(Map<String, ?> configs) {
        var url = configs.get(REGISTRY_URL);
        if (url == null) {
            return new AvroCodecs(CompiledSchemas.INSTANCE);
        }
        var register = configs.get(AUTO_REGISTER);
        var credentials =
                Optional.ofNullable(configs.get(CREDENTIALS))
                        .map(Object::toString)
                        .map(Secret::new);
        return new AvroCodecs(
                new RegistryClient(
                        URI.create(url.toString().split(",", -1)[0]),
                        credentials,
                        register == null || Boolean.parseBoolean(register.toString())));
    }

    /**
     * @throws SerializationException if no subject belongs to {@code topic}
     */
    RecordCodec<? extends Record> of(String topic) {
        return byTopic.computeIfAbsent(topic, this::make);
    }

    private RecordCodec<? extends Record> make(String topic) {
        for (var subject : Subject.values()) {
            if (subject.topic().name().equals(topic)) {
                return RecordCodec.of(subject, subject.type(), ids);
            }
        }
        throw new SerializationException("no schema is known for topic " + topic);
    }
}
