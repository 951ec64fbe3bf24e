package dev.turnpike.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.control.ControlViewApp;
import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlViewAppIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private static final GroupId GROUP = new GroupId("grp_" + ULID);

    @TempDir Path directory;

    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Clock clock = Clock.systemUTC();
    private EmbeddedBroker broker;
    private KafkaClients clients;
    private ControlWriter writer;

    @BeforeEach
    void startBroker() throws InterruptedException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        try (var admin = clients.admin("test")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        }
        writer = new ControlWriter(clients);
    }

    @AfterEach
    void stopBroker() {
        writer.close();
        broker.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void theViewFollowsTheLogAndIsRebuiltFromItsOwnCopy() throws InterruptedException {
        writer.write(endpoint("acme/small", 1), key("tp_aaaaaaaaaaaa"), key("tp_bbbbbbbbbbbb"));
        long renamed;
        var changes = new ConcurrentLinkedQueue<String>();
        try (var app = start()) {
            var view = app.view();
            assertThat(view.endpoint("acme/small")).isPresent();
            assertThat(view.apiKey("tp_aaaaaaaaaaaa"))
                    .get()
                    .extracting(ApiKey::groupId)
                    .isEqualTo(GROUP);
            assertThat(view.apiKey("tp_cccccccccccc")).isEmpty();

            view.listen((kind, id) -> changes.add(kind + " " + id));
            writer.delete(ResourceKind.API_KEY.stateKey("tp_aaaaaaaaaaaa"));
            writer.abort(key("tp_cccccccccccc"));
            writer.garbage(ResourceKind.API_KEY.stateKey("tp_bbbbbbbbbbbb"));
            renamed = writer.write(endpoint("acme/large", 2), price());

            assertThat(view.awaitPosition(renamed, PATIENCE)).isTrue();
            assertThat(view.awaitSequence(writer.sequence(), PATIENCE)).isTrue();
            assertChanged(view);
            assertThat(changes)
                    .contains("API_KEY tp_aaaaaaaaaaaa", "ENDPOINT ep_" + ULID)
                    .doesNotContain("API_KEY tp_cccccccccccc");
            assertThat(view.awaitPosition(renamed + 1, Duration.ofMillis(50))).isFalse();
        }
        try (var app = start()) {
            assertChanged(app.view());
            assertThat(app.view().position()).isEqualTo(renamed);
            assertThat(app.view().sequence()).isEqualTo(writer.sequence());
        }
    }

    @Test
    void aChangeWrittenWhileAwayIsSeenAtTheNextStart() {
        writer.write(endpoint("acme/small", 1), key("tp_aaaaaaaaaaaa"));
        try (var app = start()) {
            assertThat(app.view().endpoint("acme/small")).isPresent();
        }
        writer.delete(ResourceKind.API_KEY.stateKey("tp_aaaaaaaaaaaa"));
        writer.write(endpoint("acme/large", 2), price());

        try (var app = start()) {
            assertThat(app.view().apiKey("tp_aaaaaaaaaaaa")).isEmpty();
            assertThat(app.view().endpoint("acme/large")).isPresent();
            assertThat(app.view().endpoint("acme/small")).isEmpty();
        }
    }

    @Test
    void anEmptyDiskIsFilledFromManyPollsAndNothingOfThemIsMissing() {
        var keys = IntStream.range(0, 2_500).mapToObj(i -> key("tp_%012d".formatted(i))).toList();
        writer.write(keys.toArray(ApiKey[]::new));
        writer.delete(keys.getFirst().stateKey());
        long last = writer.write(endpoint("acme/small", 1), price());

        try (var app = start()) {
            assertThat(app.view().position()).isEqualTo(last);
            assertThat(app.view().sequence()).isEqualTo(writer.sequence());
            assertThat(app.view().endpoints()).hasSize(1);
            assertThat(app.view().prices()).containsExactly(price());
            assertThat(keys.stream().filter(key -> app.view().apiKey(id(key)).isPresent()))
                    .extracting(ControlViewAppIT::id)
                    .containsExactlyElementsOf(
                            keys.stream().skip(1).map(ControlViewAppIT::id).toList());
        }
    }

    private static String id(ApiKey key) {
        return key.prefix().value();
    }

    @Test
    void aCorruptCopyIsWipedAndRestored() throws IOException {
        writer.write(endpoint("acme/small", 1), key("tp_aaaaaaaaaaaa"));
        try (var app = start()) {
            assertThat(app.view().endpoint("acme/small")).isPresent();
        }
        int damaged = 0;
        try (var files = Files.walk(directory.resolve("view"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = file.getFileName().toString();
                if (name.equals("CURRENT")
                        || name.startsWith("MANIFEST")
                        || name.endsWith(".sst")) {
                    Files.write(file, new byte[] {1, 2, 3});
                    damaged++;
                }
            }
        }
        assertThat(damaged).isPositive();

        try (var app = start()) {
            assertThat(app.view().endpoint("acme/small")).isPresent();
            assertThat(app.view().apiKey("tp_aaaaaaaaaaaa")).isPresent();
        }
    }

    @Test
    void withKafkaAwayTheViewAnswersAndSaysHowOldItIs() throws InterruptedException {
        writer.write(endpoint("acme/small", 1));
        try (var app = start()) {
            assertThat(app.staleness()).isLessThan(Duration.ofSeconds(5));
            writer.close();
            broker.close();
            Eventually.await(
                    PATIENCE,
                    "the view notices that Kafka is away",
                    () -> app.staleness().compareTo(Duration.ofSeconds(2)) > 0);
            assertThat(app.view().endpoint("acme/small")).isPresent();

            broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
            writer = new ControlWriter(clients);
            long offset = writer.write(endpoint("acme/large", 2));

            assertThat(app.view().awaitPosition(offset, PATIENCE)).isTrue();
            Eventually.await(
                    PATIENCE,
                    "the view is fresh again",
                    () -> app.staleness().compareTo(Duration.ofSeconds(2)) < 0);
        }
    }

    private void assertChanged(ControlView view) {
        assertThat(view.apiKey("tp_aaaaaaaaaaaa")).isEmpty();
        assertThat(view.apiKey("tp_bbbbbbbbbbbb")).as("unreadable").isEmpty();
        assertThat(view.apiKey("tp_cccccccccccc")).as("aborted").isEmpty();
        assertThat(view.endpoint("acme/small")).as("old slug").isEmpty();
        assertThat(view.endpoint("acme/large")).get().extracting(Endpoint::version).isEqualTo(2L);
        assertThat(view.endpoints()).hasSize(1);
        assertThat(view.prices()).containsExactly(price());
    }

    private ControlViewApp start() {
        var plan = new StreamsPlan("view-test", "one", directory.resolve("view"), false, 1);
        var letters = new DeadLetters("view-test", CompiledSchemas.INSTANCE, clock);
        var view = new ControlView(CompiledSchemas.INSTANCE, 1_000);
        var app = new ControlViewApp(view, plan, clients, letters, clock);
        app.start((part, cause) -> failures.add(part + ": " + cause));
        return app;
    }

    private static Endpoint endpoint(String slug, long version) {
        var target =
                new Target(
                        Provider.DEMO,
                        null,
                        "demo",
                        null,
                        null,
                        null,
                        1,
                        1,
                        Timeouts.DEFAULT,
                        Map.of());
        return new Endpoint(
                new EndpointId("ep_" + ULID),
                new Slug(slug),
                List.of(target),
                "UNRESTRICTED",
                false,
                Instant.EPOCH,
                Instant.EPOCH,
                version);
    }

    private static ApiKey key(String prefix) {
        return new ApiKey(
                new KeyPrefix(prefix),
                GROUP,
                GROUP,
                null,
                new byte[32],
                1,
                Instant.EPOCH,
                null,
                null,
                List.of(),
                null,
                null);
    }

    private static Price price() {
        return new Price(
                new PriceId("price_" + ULID),
                "acme/large",
                null,
                null,
                new TokenRate(1),
                null,
                null,
                new TokenRate(2),
                null,
                Instant.EPOCH,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                1);
    }
}
