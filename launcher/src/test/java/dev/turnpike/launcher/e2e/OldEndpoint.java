package dev.turnpike.launcher.e2e;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * An endpoint that none of its targets may serve. None can be made any more, but there may be old
 * ones, which clients are told of with 403.
 */
final class OldEndpoint {
    private static final RecordCodec<ControlState> CODEC =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);

    private OldEndpoint() {}

    /** Writes it for the gateways, in the place of the one with this id. */
    static void write(String bootstrapServers, String id, String slug, String baseUrl) {
        var target =
                new Target(
                        Provider.OPENAI_COMPATIBLE,
                        null,
                        "good",
                        baseUrl,
                        null,
                        "US",
                        0,
                        1,
                        Timeouts.DEFAULT,
                        Map.of());
        var at = Instant.EPOCH;
        var endpoint =
                new Endpoint(
                        new EndpointId(id),
                        new Slug(slug),
                        List.of(target),
                        "EU",
                        false,
                        at,
                        at,
                        1);
        var record =
                new ProducerRecord<>(
                        Topics.CONTROL_STATE.name(),
                        endpoint.stateKey().getBytes(StandardCharsets.UTF_8),
                        CODEC.encode(new ControlState(0, endpoint)));
        var clients = new KafkaClients(KafkaSettings.plain(bootstrapServers));
        try (var producer = clients.promptProducer("old-endpoint")) {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
