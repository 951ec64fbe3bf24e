package dev.turnpike.launcher.registry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.kafka.AvroDeserializer;
import dev.turnpike.runtime.kafka.AvroSerializer;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.registry.RegistryClient;
import dev.turnpike.runtime.registry.RegistryUnavailableException;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("apicurio")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApicurioRegistryIT {
    private static final String SUBJECT = Subject.LEDGER.subjectName();
    private static final String KEY = "acme";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private static Path directory;
    private static ApicurioProcess registry;

    @BeforeAll
    static void startTheRegistry() throws IOException {
        var home = Path.of(System.getProperty("apicurio.home", "target/apicurio"));
        registry = ApicurioProcess.start(home, directory.resolve("registry.log"));
    }

    @AfterAll
    static void stopTheRegistry() {
        registry.close();
    }

    @Test
    void everyReleasedSchemaIsRegisteredOnceAndKeepsItsId() {
        try (var first = client(true);
                var second = client(true)) {
            // When
            first.registerAll();
            second.registerAll();
            // Then
            for (var subject : Subject.values()) {
                var latest = second.latest(subject.subjectName()).orElseThrow();
                assertThat(latest.schema()).isEqualTo(CompiledSchemas.INSTANCE.latest(subject));
                assertThat(latest.version()).isEqualTo(releasesOf(subject));
                assertThat(second.idOf(subject)).isEqualTo(latest.id());
                assertThat(first.idOf(subject)).isEqualTo(latest.id());
            }
        }
    }

    @Test
    void aRecordTravelsThroughKafkaUnderTheRegistrysId() throws Exception {
        var entry = LedgerEntries.completed();
        try (var broker = EmbeddedBroker.start(brokerSettings())) {
            createTopics(broker.bootstrapServers());
            // When
            send(broker.bootstrapServers(), entry);
            var bytes = receive(broker.bootstrapServers());
            // Then
            int id = json(registry.call("GET", versions("/latest"), "").body()).path("id").asInt();
            assertThat(ByteBuffer.wrap(bytes).get(0)).isZero();
            assertThat(ByteBuffer.wrap(bytes).getInt(1)).isEqualTo(id);
            assertThat(decode(bytes)).isEqualTo(entry);
        }
    }

    @Test
    void aReaderThatMayNotRegisterFindsWhatAWriterRegistered() {
        try (var writer = client(true);
                var reader = client(false)) {
            int id = writer.idOf(Subject.REQUESTS);

            assertThat(reader.idOf(Subject.REQUESTS)).isEqualTo(id);
            assertThat(reader.schemaOf(id))
                    .isEqualTo(CompiledSchemas.INSTANCE.latest(Subject.REQUESTS));
        }
    }

    @Test
    void underFullCompatibilityOurSchemasPassAndAForeignOneIsRefused() throws Exception {
        try (var client = client(true)) {
            // Given
            client.registerAll();
            for (var subject : Subject.values()) {
                var path = "/config/" + subject.subjectName();
                var answer = registry.call("PUT", path, "{\"compatibility\":\"FULL\"}");
                assertThat(answer.statusCode()).isEqualTo(200);
            }
            // When
            client.registerAll();
            // Then
            var foreign =
                    new Schema.Parser()
                            .parse(
                                    """
                                    {"type":"record","name":"LedgerEntry",\
                                    "namespace":"dev.turnpike",\
                                    "fields":[{"name":"entryId","type":"long"}]}\
                                    """);
            assertThatThrownBy(() -> client.register(SUBJECT, foreign))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("409");
            assertThat(compatible(CompiledSchemas.INSTANCE.latest(Subject.LEDGER))).isTrue();
            assertThat(compatible(foreign)).isFalse();
        }
    }

    private static boolean compatible(Schema schema) throws IOException {
        var body = Json.object().put("schema", schema.toString()).toString();
        var answer = registry.call("POST", "/compatibility" + versions("/latest"), body);
        assertThat(answer.statusCode()).isEqualTo(200);
        return json(answer.body()).path("is_compatible").asBoolean();
    }

    private static void createTopics(String bootstrap) throws InterruptedException {
        try (var admin = new KafkaClients(KafkaSettings.plain(bootstrap)).admin("test")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        }
    }

    private static void send(String bootstrap, LedgerEntry entry) throws Exception {
        var config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("key.serializer", StringSerializer.class.getName());
        config.put("value.serializer", AvroSerializer.class.getName());
        config.put("schema.registry.url", registry.url().toString());
        try (var producer = new KafkaProducer<String, Record>(config)) {
            producer.send(new ProducerRecord<>(Topics.LEDGER.name(), KEY, entry))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** The bytes of the first record of the partition of {@link #KEY}. */
    private static byte[] receive(String bootstrap) {
        var config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("auto.offset.reset", "earliest");
        var bytes = new ByteArrayDeserializer();
        int partition = Topics.partition(Topics.LEDGER, KEY);
        try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
            consumer.assign(List.of(new TopicPartition(Topics.LEDGER.name(), partition)));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            var found = new ArrayList<byte[]>();
            while (found.isEmpty() && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(one -> found.add(one.value()));
            }
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    private static Record decode(byte[] bytes) {
        try (var deserializer = new AvroDeserializer()) {
            deserializer.configure(
                    Map.of(
                            "schema.registry.url",
                            registry.url().toString(),
                            "auto.register.schemas",
                            "false"),
                    false);
            return requireNonNull(deserializer.deserialize(Topics.LEDGER.name(), bytes));
        }
    }

    private static BrokerSettings brokerSettings() {
        return new BrokerSettings(directory.resolve("kafka"), BrokerSettings.ANY_PORT);
    }

    private static RegistryClient client(boolean autoRegister) {
        return new RegistryClient(registry.url(), Optional.empty(), autoRegister);
    }

    private static long releasesOf(Subject subject) {
        return CompiledSchemas.INSTANCE.released().stream()
                .filter(one -> one.subject().equals(subject.subjectName()))
                .count();
    }

    private static String versions(String rest) {
        return "/subjects/" + SUBJECT + "/versions" + rest;
    }

    private static JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
