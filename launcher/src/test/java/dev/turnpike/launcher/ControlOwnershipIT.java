package dev.turnpike.launcher;

import static dev.turnpike.launcher.ControlPlaneIT.group;
import static dev.turnpike.launcher.ControlReplica.OWNER_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.log.FactChain;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.process.ChildProcess;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Restarts, replicas, and the death of an owner. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlOwnershipIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> DELETION = Map.of("Idempotency-Key", "deletion");

    /** More together than share one transaction else. */
    private static final int TREE_GROUPS = 25;

    private static final int TREE_KEYS = 1_000;
    private static final RecordCodec<ControlEvent> CODEC =
            RecordCodec.of(Subject.CONTROL_EVENTS, ControlEvent.class);

    @TempDir private Path directory;
    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void aRestartCarriesOnWithTheSameKeysAndTheSameChain() {
        String group;
        String generated;
        try (var first = ControlReplica.start(bootstrap(), directory, Map.of())) {
            generated = first.ownerKeys().getFirst();
            assertThat(generated).startsWith("tpm_");
            try (var client = new ControlClient(first.url(), generated)) {
                group = client.post("groups", group("before", "")).text("/id");
            }
        }
        try (var second = ControlReplica.start(bootstrap(), directory);
                var client = new ControlClient(second.url(), generated);
                var other = second.client()) {
            assertThat(second.ownerKeys()).isEmpty();
            assertThat(client.get("groups/" + group).status()).isEqualTo(200);
            assertThat(other.get("groups").status()).as("a later owner-key").isEqualTo(401);
            client.post("groups", group("after", ""));
        }
        assertThat(chain(3))
                .extracting(ControlEvent::action)
                .containsExactly("management_key.created", "group.created", "group.created");
    }

    @Test
    void aReplicaForwardsChangesAndReadsWhatWasWritten() {
        try (var one = ControlReplica.start(bootstrap(), directory.resolve("one"));
                var two = ControlReplica.start(bootstrap(), directory.resolve("two"))) {
            assertThat(List.of(one.owning(), two.owning())).containsOnlyOnce(true);
            var follower = one.owning() ? two : one;
            var owner = one.owning() ? one : two;
            try (var client = follower.client();
                    var direct = owner.client()) {
                for (int i = 0; i < 20; i++) {
                    var made = client.post("groups", group("forwarded-" + i, ""), "key-" + i);
                    assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
                    var position =
                            Map.of("X-Turnpike-Position", made.header("x-turnpike-position"));
                    var path = "groups/" + made.text("/id");
                    assertThat(client.get(path, position).body()).isEqualTo(made.body());
                    assertThat(
                                    direct.post("groups", group("forwarded-" + i, ""), "key-" + i)
                                            .body())
                            .isEqualTo(made.body());
                }
                var looped =
                        client.send(
                                "POST",
                                "groups",
                                group("loop", ""),
                                Map.of("X-Turnpike-Forwarded", "1"));
                assertThat(looped.code()).isEqualTo("unavailable");
            }
        }
        chain(21);
    }

    @Test
    void anotherReplicaTakesOverWhenTheOwnerIsKilledWhileItDeletesALargeTree() throws Exception {
        var tree = new LargeTree(TREE_GROUPS, TREE_KEYS);
        ControlReplica.ensureTopics(bootstrap());
        tree.write(new KafkaClients(KafkaSettings.plain(bootstrap())));
        var outputs = Files.createDirectories(directory.resolve("outputs"));
        var args = List.of(bootstrap(), directory.resolve("one").toString());
        try (var owner = ChildProcess.start(ControlChild.class, args, Map.of(), outputs)) {
            var line = owner.awaitLine(ControlChild.READY, PATIENCE);
            var url = line.substring(line.indexOf("http"));
            try (var other = ControlReplica.start(bootstrap(), directory.resolve("two"));
                    var client = other.client();
                    var doomed = new ControlClient(url, OWNER_KEY)) {
                assertThat(other.owning()).isFalse();
                var made = new ArrayList<String>();
                for (int i = 0; i < 10; i++) {
                    var got = doomed.post("groups", group("doomed-" + i, ""));
                    assertThat(got.status()).as("%s", got.body()).isEqualTo(200);
                    made.add(got.text("/id"));
                }

                long before = end();
                var deleting = Thread.ofVirtual().start(() -> deleteInVain(doomed, tree));
                Eventually.await(PATIENCE, "facts are on their way", () -> end() > before + 100);
                owner.killNow();
                deleting.join();

                var after =
                        Eventually.await(
                                PATIENCE,
                                "the other replica takes changes",
                                () -> client.post("groups", group("survivor", ""), "s"),
                                got -> got.status() == 200);
                assertThat(other.owning()).isTrue();
                assertThat(after.status()).isEqualTo(200);
                for (var id : made) {
                    assertThat(client.get("groups/" + id).status()).isEqualTo(200);
                }
                deletedOnce(client, tree);
            }
        }
        var facts = chain(12 + tree.size());
        assertThat(facts.stream().filter(fact -> fact.action().equals("api_key.revoked")))
                .hasSize(TREE_GROUPS * TREE_KEYS);
        assertThat(facts.stream().map(ControlEvent::requestId).distinct()).hasSize(13);
    }

    /** Where the log of facts ends, those included that are not committed. */
    private long end() {
        var partition = new TopicPartition(Topics.CONTROL_EVENTS.name(), 0);
        try (var admin = new KafkaClients(KafkaSettings.plain(bootstrap())).admin("end")) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void deleteInVain(ControlClient doomed, LargeTree tree) {
        try {
            doomed.send("DELETE", "groups/" + tree.root(), null, DELETION);
        } catch (UncheckedIOException e) {
            // As is to be expected of one that is killed; it may have happened all the same.
        }
    }

    /** All of it or nothing, whatever came of the first time it was asked for. */
    private static void deletedOnce(ControlClient client, LargeTree tree) {
        int keys = client.get("groups/" + tree.leaf() + "/api_keys").body().path("items").size();
        int groups = client.get("groups?subtree_of=" + tree.root()).body().path("items").size();
        assertThat(keys).isIn(0, 100);
        assertThat(groups).isEqualTo(keys == 0 ? 0 : TREE_GROUPS);
        var done = client.send("DELETE", "groups/" + tree.root(), null, DELETION);
        assertThat(done.status()).as("%s", done.body()).isEqualTo(200);
        assertThat(done.body().path("deleted_groups")).hasSize(TREE_GROUPS);
        assertThat(done.body().path("revoked_keys").asInt()).isEqualTo(TREE_GROUPS * TREE_KEYS);
        assertThat(client.get("groups/" + tree.leaf()).status()).isEqualTo(404);
    }

    /** All facts, after checking that there are so many and that each continues the chain. */
    private List<ControlEvent> chain(int expected) {
        var clients = new KafkaClients(KafkaSettings.plain(bootstrap()));
        List<ControlEvent> facts;
        try (var topic = new CommittedTopic(clients, Topics.CONTROL_EVENTS)) {
            facts =
                    Eventually.await(
                                    PATIENCE,
                                    expected + " facts",
                                    topic::read,
                                    records -> records.size() >= expected)
                            .stream()
                            .map(record -> CODEC.decode(record.value()))
                            .toList();
        }
        assertThat(facts).hasSize(expected);
        var chain = FactChain.START;
        for (var fact : facts) {
            assertThat(chain.continuedBy(fact)).as("fact %d", fact.sequence()).isTrue();
            chain = new FactChain(fact.sequence(), fact.hash());
        }
        return facts;
    }

    private String bootstrap() {
        return broker.bootstrapServers();
    }
}
