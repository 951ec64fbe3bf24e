package dev.turnpike.launcher.all;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class UpIT {
    private static final String SLUG = "acme/hello";
    private static final int SIGTERM = 15;
    private static final Duration EARLY_END = Duration.ofSeconds(60);
    private static final Pattern OWNER_KEY = Pattern.compile("tpm_[A-Za-z0-9.]+");

    @TempDir private Path directory;

    @Test
    void aStoppedInstallationCarriesOnWhereItWas() throws IOException {
        // Given
        var ownerKey = "an-owner-key-of-my-own-choosing-0123456789";
        var file = Files.writeString(directory.resolve("owner"), ownerKey + "\n");
        var environment = Map.of("TURNPIKE_OWNER_KEY_FILE", file.toString());
        String key;
        String before;
        String used;
        var called = new HashSet<String>();
        try (var program = Program.up(directory, environment)) {
            before = addresses(program);
            assertThat(mode(program.runFile())).isEqualTo("rw-------");
            assertThat(mode(directory.resolve("data"))).isEqualTo("rwx------");
            try (var operator = program.operator(ownerKey)) {
                operator.publish(SLUG);
                key = operator.signUp("acme", SLUG, 1_000);
                var start = Instant.now();
                called.add(call(operator, key));
                used = lastUsed(operator);
                assertThat(Instant.parse(used)).isBetween(start, Instant.now());
            }
            assertThat(program.child().stdout() + program.child().stderr())
                    .doesNotContain(ownerKey);
            // When
            assertThat(program.stop()).isEqualTo(128 + SIGTERM);
            assertThat(program.runFile()).doesNotExist();
        }
        // Then
        try (var program = Program.up(directory, Map.of())) {
            assertThat(addresses(program)).isEqualTo(before);
            assertThat(program.child().stdout()).doesNotContainPattern(OWNER_KEY);
            try (var operator = program.operator(ownerKey)) {
                assertThat(lastUsed(operator)).isEqualTo(used);
                called.add(call(operator, key));
            }
            var bootstrap = program.runJson().path("kafka_bootstrap").asText();
            assertThat(awaitLedger(bootstrap, called.size())).isEqualTo(called);
            assertThat(program.stop()).isEqualTo(128 + SIGTERM);
        }
    }

    @Test
    void theOwnerKeyIsShownOnceAndAKilledInstallationStartsAgain() {
        String key;
        try (var program = Program.up(directory, Map.of())) {
            var shown = OWNER_KEY.matcher(program.child().stdout());
            assertThat(shown.find()).isTrue();
            key = shown.group();
            assertThat(program.child().stdout())
                    .contains("curl -H 'Authorization: Bearer " + key + "' http://127.0.0.1:");
            assertThat(program.child().stderr()).doesNotContain(key);
            try (var operator = program.operator(key)) {
                assertThat(operator.management("/v1/gateway/groups").status()).isEqualTo(200);
            }
            program.child().killNow();
            assertThat(program.runFile()).as("a kill leaves it behind").exists();
        }
        try (var program = Program.up(directory, Map.of())) {
            assertThat(program.runJson().path("pid").asLong()).isEqualTo(program.child().pid());
            assertThat(program.child().stdout()).doesNotContainPattern(OWNER_KEY);
            try (var operator = program.operator(key)) {
                assertThat(operator.management("/v1/gateway/groups").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aTakenPortIsNamedWithItsFlag() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var child =
                        Program.run(
                                directory,
                                Map.of(),
                                List.of(
                                        "up",
                                        "--data-dir",
                                        directory.resolve("data").toString(),
                                        "--gateway-port",
                                        String.valueOf(taken.getLocalPort())))) {
            assertThat(child.awaitExit(EARLY_END)).isEqualTo(69);
            assertThat(child.stderr())
                    .contains("gateway port " + taken.getLocalPort() + " is taken")
                    .contains("--gateway-port")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void wrongSettingsEndTheStartWithEveryMistake() throws IOException {
        var file = directory.resolve("settings.yaml");
        Files.writeString(file, "edge:\n  port: many\nwebhok:\n  threads: 1\n");
        var args = List.of("up", "--config", file.toString());
        try (var child = Program.run(directory, Map.of(), args)) {
            assertThat(child.awaitExit(EARLY_END)).isEqualTo(78);
            assertThat(child.stderr())
                    .contains("edge.port: must be a whole number (settings.yaml:2)")
                    .contains("webhok.threads: unknown setting");
        }
    }

    private static String call(Operator operator, String key) {
        var reply = operator.chat(key, SLUG);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        return reply.raw().headers().firstValue("x-request-id").orElseThrow();
    }

    /** When the one key of the one group was last used, once that is known. */
    private static String lastUsed(Operator operator) {
        var group = operator.management("/v1/gateway/groups").body().at("/items/0/id").asText();
        var keys = "/v1/gateway/groups/" + group + "/api_keys";
        return Eventually.await(
                        Operator.PATIENCE,
                        "the use of the key",
                        () -> operator.management(keys).body().at("/items/0/last_used_at"),
                        JsonNode::isTextual)
                .asText();
    }

    private static String addresses(Program program) {
        var run = program.runJson();
        return List.of(
                        run.path("gateway_url").asText(),
                        run.path("control_url").asText(),
                        run.path("kafka_bootstrap").asText(),
                        run.path("registry_url").asText())
                .toString();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Request ids in the ledger once there are as many as {@code count}; none twice. */
    private static Set<String> awaitLedger(String bootstrap, int count) {
        var clients = new KafkaClients(KafkaSettings.plain(bootstrap));
        var codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
        var ids = new HashSet<String>();
        try (var consumer = clients.consumer("test", KafkaClients.Start.EARLIEST)) {
            consumer.assign(
                    IntStream.range(0, Topics.LEDGER.partitions())
                            .mapToObj(i -> new TopicPartition(Topics.LEDGER.name(), i))
                            .toList());
            Eventually.await(
                    Operator.PATIENCE,
                    count + " ledger entries",
                    () -> {
                        consumer.poll(Duration.ofMillis(50))
                                .forEach(record -> {
                                    var entry = codec.decode(record.value());
                                    assertThat(ids.add(entry.call().requestId().value())).isTrue();
                                });
                        return ids.size() >= count;
                    });
        }
        return ids;
    }
}
