package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.turnpike.launcher.ManagementSamples.Sample;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every described operation, asked by everybody: without a key, with keys that are no more, with a
 * key of each role, and with those of another tenant. Who may is read from the description.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class RoleMatrixIT {
    /** Everybody may ask for it; each of its commands needs a role of its own. */
    private static final String CHANGES = "/v1/gateway/changes";

    private static final String BASE = "/v1/gateway";

    private final Map<String, ControlClient> byRole = new LinkedHashMap<>();
    private final Map<String, ControlClient> invalid = new LinkedHashMap<>();
    private final Map<String, ControlClient> strangers = new LinkedHashMap<>();
    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient owner;
    private ManagementSamples samples;
    private String tenant;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        var settings = ManagementSamples.settings(directory);
        replica = ControlReplica.start(broker.bootstrapServers(), directory, settings);
        owner = replica.client();
        samples = new ManagementSamples(owner);
        // First, so that its time is over when the others are made.
        var expiring = owner.as(key("owner", null, Instant.now().plusSeconds(4)));
        tenant = owner.post("groups", samples.group()).text("/id");
        var other = owner.post("groups", samples.group()).text("/id");
        for (var role : ManagementSamples.roles()) {
            boolean bound = role.equals("tenant_admin") || role.equals("member");
            byRole.put(role, owner.as(key(role, bound ? tenant : null, null)));
            if (bound) {
                strangers.put(role, owner.as(key(role, other, null)));
            }
        }
        prepareInvalid(tenant, expiring);
    }

    private void prepareInvalid(String group, ControlClient expired) {
        invalid.put("no key", owner.as(""));
        invalid.put("nonsense", owner.as("tpm_nonsense"));
        var revoked = key("owner", null, null);
        owner.delete("management_keys/" + revoked.substring(0, revoked.indexOf('.')));
        invalid.put("revoked", owner.as(revoked));
        var inference = owner.post("groups/" + group + "/api_keys", "{}").text("/api_key");
        invalid.put("inference", owner.as(inference));
        invalid.put("expired", expired);
        Eventually.await(
                Duration.ofSeconds(20),
                "the key has expired",
                () -> expired.get("whoami").status() == 401);
    }

    private String key(String role, @Nullable String group, @Nullable Instant end) {
        var body = Json.object().put("name", role).put("role", role);
        if (group != null) {
            body.put("group_id", group);
        }
        if (end != null) {
            body.put("expires_at", end.toString());
        }
        var made = owner.post("management_keys", body.toString());
        assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        return made.text("/key");
    }

    @AfterAll
    void stop() {
        owner.close();
        byRole.values().forEach(ControlClient::close);
        invalid.values().forEach(ControlClient::close);
        strangers.values().forEach(ControlClient::close);
        replica.close();
        broker.close();
    }

    @TestFactory
    Stream<DynamicTest> nobodyAsksWithoutAValidKey() {
        return each(operation -> {
            var sample = samples.of(operation);
            for (var client : invalid.entrySet()) {
                var got = sample.send(client.getValue());
                assertThat(got.status()).as(client.getKey()).isEqualTo(401);
                assertThat(got.code()).isEqualTo("invalid_api_key");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> exactlyTheDescribedRolesMay() {
        return each(operation -> {
            var sample = samples.of(operation);
            for (var client : byRole.entrySet()) {
                var got = tried(sample, client.getValue());
                if (operation.roles().contains(client.getKey())) {
                    // A tenant's key may be refused by what it is bound to, but not by its role.
                    assertThat(got.status()).as(client.getKey()).isNotEqualTo(401);
                    assertThat(refusedByRole(got, client.getKey()))
                            .as("%s: %s", client.getKey(), got.body())
                            .isFalse();
                } else {
                    assertThat(got.status()).as(client.getKey()).isEqualTo(403);
                    assertThat(got.code()).isEqualTo("permission_denied");
                    assertThat(refusedByRole(got, client.getKey())).isTrue();
                }
            }
        });
    }

    /** What a key may not do by itself it may not do among several changes either. */
    @TestFactory
    Stream<DynamicTest> aCommandOfAChangeNeedsTheRoleOfItsOwnRoute() {
        return each(
                RoleMatrixIT::mayBeACommand,
                operation -> {
                    var sample = samples.of(operation);
                    var change = command(sample);
                    for (var client : byRole.entrySet()) {
                        var got = client.getValue().post("changes?dry_run=true", change);
                        boolean may = operation.roles().contains(client.getKey());
                        assertThat(refusedByRole(got, client.getKey(), "commands[0].path"))
                                .as("%s: %s", client.getKey(), got.body())
                                .isEqualTo(!may);
                    }
                    for (var client : strangers.entrySet()) {
                        var got = client.getValue().post("changes?dry_run=true", change);
                        // What must be signed is refused before anything is looked for.
                        if (!sample.ids().isEmpty() && sample.headers().isEmpty()) {
                            boolean may = operation.roles().contains(client.getKey());
                            assertThat(got.status())
                                    .as("%s", got.body())
                                    .isEqualTo(may ? 404 : 403);
                        }
                        assertThat(got.body().toString()).doesNotContain(tenant);
                    }
                });
    }

    private static boolean mayBeACommand(Operation operation) {
        return !operation.method().equals("GET")
                && !operation.path().equals(CHANGES)
                && !operation.path().endsWith("/replay")
                && !operation.path().endsWith("/redeliver");
    }

    /** A change of this one command. */
    private static String command(Sample sample) {
        var change = Json.object();
        var command = change.putArray("commands").addObject();
        command.put("method", sample.operation().method());
        command.put("path", sample.path().substring(BASE.length()));
        var body = sample.body();
        if (body != null) {
            command.set("body", Json.parseObject(body.getBytes(StandardCharsets.UTF_8)));
        }
        return change.toString();
    }

    @TestFactory
    Stream<DynamicTest> whatIsAnotherTenantsDoesNotExist() {
        return each(operation -> {
            var sample = samples.of(operation);
            for (var client : strangers.entrySet()) {
                if (operation.roles().contains(client.getKey())) {
                    var got = tried(sample, client.getValue());
                    if (!sample.ids().isEmpty()) {
                        assertThat(got.status()).as("%s", got.body()).isEqualTo(404);
                        var absent = tried(sample.absent(), client.getValue());
                        assertThat(absent.body()).isEqualTo(got.body());
                    }
                    assertThat(got.body().toString()).doesNotContain(tenant);
                }
            }
        });
    }

    /** As it is, if it reads; what changes something only says what it would do. */
    private static ControlClient.Got tried(Sample sample, ControlClient as) {
        boolean dry = Contract.ofControl().takes(sample.operation(), "dry_run");
        return dry ? sample.send(as, "dry_run=true", Map.of()) : sample.send(as);
    }

    private static boolean refusedByRole(ControlClient.Got got, String role) {
        return refusedByRole(got, role, "");
    }

    /**
     * @param param of the error, the empty text for none
     */
    private static boolean refusedByRole(ControlClient.Got got, String role, String param) {
        var given = got.body().at("/error/param");
        return got.status() == 403
                && got.code().equals("permission_denied")
                && (given.isTextual() ? given.asText() : "").equals(param)
                && got.text("/error/message").equals("A key of role " + role + " may not do this");
    }

    private static Stream<DynamicTest> each(Consumer<Operation> test) {
        return each(operation -> true, test);
    }

    private static Stream<DynamicTest> each(Predicate<Operation> which, Consumer<Operation> test) {
        return Contract.ofControl().operations().stream()
                .filter(operation -> !operation.roles().isEmpty())
                .filter(which)
                .map(operation -> dynamicTest(operation.id(), () -> test.accept(operation)));
    }
}
