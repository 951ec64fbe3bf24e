package dev.turnpike.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaClients.Start;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import dev.turnpike.testkit.webhook.WebhookSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DistributedIT {
    private static final String MODEL = "acme/chat";
    private static final Duration START_PATIENCE = Duration.ofSeconds(120);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int ADMIN_SECONDS_MAX = 10;

    @TempDir private Path directory;

    @Test
    void servicesApartMeterEveryEdgeAndOutliveTheOwnerOfTheControlLog() throws Exception {
        try (var broker = broker();
                var upstream = ScriptedUpstream.start();
                var sink = WebhookSink.start();
                var cluster = Cluster.start(broker.bootstrapServers(), directory);
                var clients = new Clients(cluster)) {
            // Given
            cluster.awaitReady(START_PATIENCE);
            var key = clients.prepare(upstream, sink);
            // When
            var called = List.of(chat(cluster, "edge-1", key), chat(cluster, "edge-2", key));
            // Then
            assertThat(upstream.ledger().awaitRequests(2, PATIENCE)).hasSize(2);
            assertThat(ledger(broker.bootstrapServers(), called.size()))
                    .containsExactlyInAnyOrderElementsOf(called);
            assertThat(sink.awaitEvents(called.size(), PATIENCE))
                    .extracting(DistributedIT::requestId)
                    .containsExactlyInAnyOrderElementsOf(called);

            // When
            var owner =
                    Eventually.await(
                                    PATIENCE,
                                    "an owner",
                                    () -> owner(broker.bootstrapServers()),
                                    Optional::isPresent)
                            .orElseThrow();
            var survivor = owner.equals("control-1") ? "control-2" : "control-1";
            cluster.node(owner).process().killNow();
            // Then
            var later = clients.keyOnceManaged(survivor);
            assertThat(chat(cluster, "edge-1", later)).startsWith("req_");
        }
    }

    private EmbeddedBroker broker() {
        return EmbeddedBroker.start(
                new BrokerSettings(directory.resolve("kafka"), BrokerSettings.ANY_PORT));
    }

    /** The operators of both control planes, either of which takes every command. */
    private record Clients(Operator first, Operator second) implements AutoCloseable {
        Clients(Cluster cluster) {
            this(
                    new Operator(cluster.node("control-1").url(), Cluster.OWNER_KEY),
                    new Operator(cluster.node("control-2").url(), Cluster.OWNER_KEY));
        }

        /** Changes go through both replicas, so one of them has to forward. */
        String prepare(ScriptedUpstream upstream, WebhookSink sink) throws IOException {
            second.webhook(sink.url()); // First: a dispatcher must know it when entries come.
            first.publish(MODEL, upstream.baseUrl(), "tokens-10-5");
            return first.key(second.group("acme", "[{\"slug\":\"acme/chat\"}]"));
        }

        /** Asks until the replica takes changes, as a client is told to by its 503. */
        String keyOnceManaged(String survivor) throws IOException {
            var operator = survivor.equals("control-1") ? first : second;
            var group = "{\"metadata\":{\"external_entity_id\":\"later-%d\"},\"models\":[%s]}";
            var tries = new AtomicInteger();
            Eventually.await(
                    PATIENCE,
                    survivor + " takes changes",
                    () -> {
                        try {
                            // Another name each time: an answer may be lost, and what it told not.
                            int number = tries.incrementAndGet();
                            var body = group.formatted(number, "{\"slug\":\"acme/chat\"}");
                            return operator.post("/v1/gateway/groups", body).statusCode() == 200;
                        } catch (IOException notYet) {
                            return false;
                        }
                    });
            return operator.key(operator.group("latest", "[{\"slug\":\"acme/chat\"}]"));
        }

        @Override
        public void close() {
            first.close();
            second.close();
        }
    }

    /** Calls the model once the edge knows the key, and returns the request's id. */
    private static String chat(Cluster cluster, String edge, String key) throws IOException {
        try (var client = new Operator(cluster.node(edge).url(), key)) {
            Eventually.await(PATIENCE, edge + " knows the key", () -> client.sees(MODEL));
            var answer = client.chat(MODEL);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.headers().firstValue("x-request-id").orElseThrow();
        }
    }

    /** The request ids of the ledger, once there are {@code count}. */
    private static List<String> ledger(String bootstrap, int count) {
        var codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
        var ids = new ArrayList<String>();
        try (var consumer = clientsOf(bootstrap).consumer("test", Start.EARLIEST)) {
            consumer.assign(
                    IntStream.range(0, Topics.LEDGER.partitions())
                            .mapToObj(number -> new TopicPartition(Topics.LEDGER.name(), number))
                            .toList());
            Eventually.await(
                    PATIENCE,
                    count + " ledger entries",
                    () -> {
                        for (var one : consumer.poll(POLL)) {
                            ids.add(codec.decode(one.value()).call().requestId().value());
                        }
                        return ids.size() >= count;
                    });
        }
        return ids;
    }

    /** The instance id of the control plane that owns the log; none while the group is asked. */
    private static Optional<String> owner(String bootstrap) {
        try (var admin = clientsOf(bootstrap).admin("test")) {
            return admin
                    .describeConsumerGroups(List.of(Cluster.OWNER_GROUP))
                    .all()
                    .get(ADMIN_SECONDS_MAX, TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .flatMap(group -> group.members().stream())
                    .filter(member -> !member.assignment().topicPartitions().isEmpty())
                    .flatMap(member -> member.groupInstanceId().stream())
                    .findFirst();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KafkaClients clientsOf(String bootstrap) {
        return new KafkaClients(KafkaSettings.plain(bootstrap));
    }

    private static String requestId(JsonNode event) {
        return event.path("requestId").asText();
    }
}
