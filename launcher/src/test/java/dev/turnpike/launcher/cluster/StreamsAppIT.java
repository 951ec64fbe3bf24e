package dev.turnpike.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.AvroDeserializer;
import dev.turnpike.runtime.kafka.AvroSerializer;
import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.RecordSerde;
import dev.turnpike.runtime.kafka.StreamsApp;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.deadletter.DeadLetter;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A topology that reads dead letters and copies who wrote them. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamsAppIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String COPIES = "copies";

    @TempDir Path directory;

    private final Clock clock = Clock.systemUTC();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final RecordCodec<DeadLetter> codec =
            RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class);
    private EmbeddedBroker broker;
    private KafkaClients clients;

    @BeforeEach
    void startBroker() throws InterruptedException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        try (var admin = clients.admin("test")) {
            new TopicChecker(admin).ensure(Topics.ALL);
            admin.createTopics(
                            List.of(
                                    new NewTopic(COPIES, 1, (short) 1),
                                    new NewTopic("input", 1, (short) 1)))
                    .all()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }

    @AfterEach
    void stopBroker() {
        broker.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void anUnreadableRecordBecomesADeadLetterAndTheRestGoesOn() {
        try (var producer = clients.promptProducer("test");
                var app = app()) {
            send(producer, record(codec.encode(letter("first"))));
            send(producer, record(new byte[] {7, 7, 7}));
            send(producer, record(codec.encode(letter("second"))));
            app.start((part, cause) -> failures.add(part + ": " + cause));

            assertThat(read(COPIES, 2)).containsExactly("first", "second");
            assertThat(readLetters(1))
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.reader()).isEqualTo("streams-test");
                        assertThat(found.topic()).isEqualTo("input");
                        assertThat(found.offset()).isEqualTo(1);
                        assertThat(found.value()).isEqualTo(new byte[] {7, 7, 7});
                    });
            Eventually.await(PATIENCE, "running", () -> app.running().probe().get().ok());
        }
    }

    @Test
    void corruptStateFoundWhileRunningIsWipedAtTheNextStart() {
        try (var app = app()) {
            app.start((part, cause) -> {});
            app.foundCorrupt(new IllegalStateException("torn"));
        }
        var marker = directory.resolve("streams").resolve("corrupt");
        assertThat(marker).exists();
        try (var app = app()) {
            app.start((part, cause) -> failures.add(part + ": " + cause));
            assertThat(Files.exists(marker)).isFalse();
        }
    }

    @Test
    void confluentsKeysConfigureTheSerializers() {
        try (var deserializer = new AvroDeserializer();
                var serializer = new AvroSerializer()) {
            serializer.configure(Map.of(), false);
            deserializer.configure(Map.of(), false);
            var bytes = serializer.serialize(Topics.DEAD_LETTERS.name(), letter("x"));

            assertThat(deserializer.deserialize(Topics.DEAD_LETTERS.name(), bytes))
                    .isInstanceOfSatisfying(
                            DeadLetter.class, found -> assertThat(found.reader()).isEqualTo("x"));
        }
    }

    private StreamsApp app() {
        var plan = new StreamsPlan("streams-test", "one", directory.resolve("streams"), true, 1);
        var letters = new DeadLetters("streams-test", CompiledSchemas.INSTANCE, clock);
        return new StreamsApp(plan, plan.properties(clients, letters), this::topology, clock);
    }

    private Topology topology() {
        var builder = new StreamsBuilder();
        var serde = new RecordSerde<>(codec);
        builder.stream("input", Consumed.with(Serdes.String(), serde))
                .mapValues(DeadLetter::reader)
                .to(COPIES, Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    private static DeadLetter letter(String reader) {
        return new DeadLetter(reader, "t", 0, 0, null, null, "e", Instant.EPOCH);
    }

    private static ProducerRecord<byte[], byte[]> record(byte[] value) {
        return new ProducerRecord<>("input", "k".getBytes(StandardCharsets.UTF_8), value);
    }

    private static void send(
            Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> read(String topic, int count) {
        return readBytes(topic, count).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    private List<DeadLetter> readLetters(int count) {
        return readBytes(Topics.DEAD_LETTERS.name(), count).stream().map(codec::decode).toList();
    }

    private List<byte[]> readBytes(String topic, int count) {
        var found = new ArrayList<byte[]>();
        try (Consumer<byte[], byte[]> consumer =
                clients.consumer("reader", KafkaClients.Start.EXPLICIT)) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Eventually.await(
                    PATIENCE,
                    count + " records in " + topic,
                    () -> {
                        consumer.poll(Duration.ofMillis(100))
                                .forEach(record -> found.add(record.value()));
                        return found.size() >= count;
                    });
        }
        return found;
    }
}
