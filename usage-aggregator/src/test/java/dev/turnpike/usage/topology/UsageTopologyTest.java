package dev.turnpike.usage.topology;

import static dev.turnpike.usage.domain.Facts.NOON;
import static dev.turnpike.usage.domain.Facts.refused;
import static dev.turnpike.usage.domain.Facts.requests;
import static dev.turnpike.usage.domain.Facts.settled;
import static dev.turnpike.usage.domain.Facts.started;
import static dev.turnpike.usage.domain.Facts.tokens;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.deadletter.DeadLetter;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.EventId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.topic.Topic;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.testkit.ManualClock;
import dev.turnpike.usage.domain.Facts;
import dev.turnpike.usage.domain.Horizon;
import dev.turnpike.usage.domain.KeyOwners.Owner;
import dev.turnpike.usage.domain.KeyUses;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTopologyTest {
    private static final UsageCodecs CODECS = UsageCodecs.of(CompiledSchemas.INSTANCE);
    private static final RecordCodec<DeadLetter> LETTERS =
            RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class);
    private static final byte[] KEY = Facts.GROUP.value().getBytes(UTF_8);
    private static final Charge HELD = tokens(LimitUnit.DAY, 90, 0);
    private static final Charge USED = HELD.settled(60);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Set<String> revoked = new HashSet<>();

    @TempDir private Path directory;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> input;

    @BeforeEach
    void start() {
        var topology = new Topology();
        var prices = new PriceBook(List.of(Facts.price(1, Facts.SLUG, NOON)));
        new UsageTopology(
                        CODECS,
                        () -> prices,
                        (key, group) -> revoked.contains(key.value()) ? Owner.NOBODY : Owner.ITSELF,
                        new UsageMeters(registry),
                        new DeadLetters(
                                "usage-aggregator",
                                CompiledSchemas.INSTANCE,
                                new ManualClock(NOON)),
                        Horizon.REQUESTS_MIN)
                .addTo(topology);
        var properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "usage-test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
        driver = new TopologyTestDriver(topology, properties, NOON);
        input =
                driver.createInputTopic(
                        Topics.REQUESTS.name(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void aRequestBecomesOnePricedEntryUnderItsRootGroup() {
        send(started("e/1", 1, 1, HELD), settled("e/1", 2, 1, USED));
        var entries = read(Topics.LEDGER);
        assertThat(entries).hasSize(1);
        assertThat(entries.getFirst().key()).isEqualTo(KEY);
        assertThat(entry(entries.getFirst()).cost()).isEqualTo(new NanoUsd(5_000_000));
    }

    @Test
    void anAdjustmentOfTheControlLogIsEnteredOnceHoweverOftenItIsRead() {
        var credit = adjustment(-2_500_000_000L);
        var facts =
                driver.createInputTopic(
                        Topics.CONTROL_EVENTS.name(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        for (int i = 1; i <= 3; i++) {
            facts.pipeInput(
                    credit.resourceId().getBytes(UTF_8), CODECS.facts().encode(fact(i, credit)));
        }
        facts.pipeInput("grp_x".getBytes(UTF_8), new byte[] {1}); // Not read at all.
        facts.pipeInput("adj_x".getBytes(UTF_8), new byte[] {1});

        var entries = read(Topics.LEDGER);
        assertThat(entries).hasSize(1);
        assertThat(entries.getFirst().key()).isEqualTo(KEY);
        var entry = entry(entries.getFirst());
        assertThat(entry.adjustment()).usingRecursiveComparison().isEqualTo(credit);
        assertThat(entry.cost()).isEqualTo(new NanoUsd(-2_500_000_000L));
        assertThat(entry.charged()).isTrue();
        assertThat(entry.label()).isEqualTo("adjustment");
        assertThat(entry.call().admittedAt()).isEqualTo(credit.id().drawnAt());
        assertThat(read(Topics.DEAD_LETTERS)).hasSize(1);
    }

    private static ControlEvent fact(long sequence, Adjustment adjustment) {
        return new ControlEvent(
                sequence,
                EventId.ofUlid("01HZ0000000000000000000009"),
                NOON,
                new Actor("management_key", "tpm_x", "k", Role.BILLING),
                "req_1",
                "adjustment.created",
                null,
                adjustment,
                new byte[32],
                new byte[32]);
    }

    private static Adjustment adjustment(long nanoUsd) {
        return new Adjustment(
                AdjustmentId.ofUlid("01KAK0000000000000000000A1"),
                Facts.GROUP,
                Facts.GROUP,
                "customer-1",
                new NanoUsd(nanoUsd),
                "goodwill",
                null,
                null,
                new byte[] {1, 2},
                NOON,
                List.of());
    }

    @Test
    void repetitionsAreCountedInAMeterAndNowhereElse() {
        for (int i = 0; i < 3; i++) {
            send(started("e/1", 1, 1, HELD), settled("e/1", 2, 1, USED));
        }
        assertThat(read(Topics.LEDGER)).hasSize(1);
        assertThat(count("turnpike.usage.duplicates")).isEqualTo(4);
    }

    @Test
    void manyChangesOfATotalArePublishedAsOne() {
        for (int id = 1; id <= 20; id++) {
            send(settled("e/1", id, id, USED, requests(LimitUnit.DAY)));
        }
        driver.advanceWallClockTime(UsageTopology.TOTALS_INTERVAL);
        var totals = read(Topics.USAGE_TOTALS);
        assertThat(totals.stream().map(total -> new String(total.key(), UTF_8)))
                .containsExactlyInAnyOrder(USED.counter(), requests(LimitUnit.DAY).counter());
        assertThat(totals.stream().map(UsageTopologyTest::total).map(UsageTotal::used))
                .containsExactlyInAnyOrder(20 * 60L, 20L);
        driver.advanceWallClockTime(UsageTopology.TOTALS_INTERVAL);
        assertThat(read(Topics.USAGE_TOTALS)).isEmpty();
    }

    @Test
    void aKeyIsSaidToBeUsedOnceForARequestAndGoneOnceItIsRevoked() {
        send(started("e/1", 1, 1, HELD), settled("e/1", 2, 1, USED));
        send(refused("e/1", 3, 2), refused("e/1", 3, 2));
        var used = read(Topics.KEYS_USED);
        assertThat(used).hasSize(1);
        var prefix = Facts.call(Facts.request(1), Facts.GROUP).caller().apiKeyPrefix();
        assertThat(new String(used.getFirst().key(), UTF_8)).isEqualTo(prefix.value());
        assertThat(CODECS.keyUses().decode(used.getFirst().value()))
                .isEqualTo(new KeyUse(prefix, Facts.GROUP, NOON));
        driver.advanceWallClockTime(KeyUses.KEPT.plusSeconds(2));
        assertThat(read(Topics.KEYS_USED)).isEmpty();

        revoked.add(prefix.value());
        driver.advanceWallClockTime(UsageTopology.PUT_AWAY_INTERVAL);

        var tombstones = read(Topics.KEYS_USED);
        assertThat(tombstones).hasSize(1);
        assertThat(new String(tombstones.getFirst().key(), UTF_8)).isEqualTo(prefix.value());
        assertThat(tombstones.getFirst().value()).isNull();
        assertThat(stored(UsageTopology.KEY_USES_STORE)).isZero();
    }

    @Test
    void aUseWithinTheMinuteIsPublishedWhenTheMinuteIsOver() {
        send(settled("e/1", 1, 1, USED));
        read(Topics.KEYS_USED);
        driver.advanceWallClockTime(Duration.ofSeconds(10));
        var call = Facts.call(Facts.request(2), Facts.GROUP);
        var later =
                new Call(
                        call.requestId(),
                        NOON.plusSeconds(9),
                        call.caller(),
                        Facts.SLUG,
                        null,
                        "chat",
                        false,
                        Map.of());
        send(new RequestRecord("e/1", 2, new RequestFact.Started(later, List.of(), 1)));
        driver.advanceWallClockTime(Duration.ofSeconds(49));
        assertThat(read(Topics.KEYS_USED)).isEmpty();
        driver.advanceWallClockTime(Duration.ofSeconds(2));
        var used = read(Topics.KEYS_USED);
        assertThat(used).hasSize(1);
        assertThat(CODECS.keyUses().decode(used.getFirst().value()).lastUsedAt())
                .isEqualTo(NOON.plusSeconds(9));
    }

    @Test
    void aTotalThatWasNotPublishedIsRememberedByItsStore() {
        send(settled("e/1", 1, 1, USED));
        KeyValueStore<String, byte[]> store = driver.getKeyValueStore(UsageTopology.TOTALS_STORE);
        assertThat(new TotalsStore(store, CODECS.totals()).waiting()).isOne();
        driver.advanceWallClockTime(UsageTopology.TOTALS_INTERVAL);
        assertThat(new TotalsStore(store, CODECS.totals()).waiting()).isZero();
    }

    @Test
    void whatCannotBeReadGoesToTheDeadLettersAndTheRestGoesOn() {
        input.pipeInput(KEY, "not a record".getBytes(UTF_8), NOON);
        input.pipeInput(KEY, null, NOON);
        input.pipeInput(
                "another key".getBytes(UTF_8),
                CODECS.requests().encode(settled("e/1", 1, 1, USED)),
                NOON);
        send(settled("e/1", 0, 1, USED));
        send(settled("e/1", 1, 2, USED));
        var letters = read(Topics.DEAD_LETTERS).stream().map(UsageTopologyTest::letter).toList();
        assertThat(letters.stream().map(DeadLetter::offset)).containsExactly(0L, 1L, 2L, 3L);
        assertThat(letters.getFirst().value()).isEqualTo("not a record".getBytes(UTF_8));
        assertThat(letters.get(2).error()).isEqualTo("the key is not the root group id");
        assertThat(read(Topics.LEDGER)).hasSize(1);
        assertThat(count("turnpike.usage.dead.letters")).isEqualTo(4);
    }

    @Test
    void aGapInAStreamIsCountedAndStopsNothing() {
        send(settled("e/1", 1, 1, USED), settled("e/1", 5, 5, USED), settled("e/1", 3, 3, USED));
        assertThat(read(Topics.LEDGER)).hasSize(3);
        assertThat(count("turnpike.usage.sequence.gaps")).isEqualTo(3);
        assertThat(count("turnpike.usage.sequence.late")).isEqualTo(1);
    }

    @Test
    void endedWindowsAreRemovedWithATombstone() {
        var second = tokens(LimitUnit.SECOND, 90, 90);
        send(settled("e/1", 1, 1, second, USED));
        driver.advanceWallClockTime(UsageTopology.TOTALS_INTERVAL);
        read(Topics.USAGE_TOTALS);
        driver.advanceWallClockTime(Horizon.ROLLING_GRACE.plusSeconds(5));
        var tombstones = read(Topics.USAGE_TOTALS);
        assertThat(tombstones).hasSize(1);
        assertThat(new String(tombstones.getFirst().key(), UTF_8)).isEqualTo(second.counter());
        assertThat(tombstones.getFirst().value()).isNull();
    }

    @Test
    void requestIdsAreForgottenOnlyWhenTheirPartitionHasMovedOn() {
        send(settled("e/1", 1, 1, USED));
        driver.advanceWallClockTime(Duration.ofDays(9));
        assertThat(stored(UsageTopology.REQUESTS_STORE)).isOne();
        var later = NOON.plus(Duration.ofDays(9));
        send(later, settled("e/1", 2, 2, USED));
        driver.advanceWallClockTime(UsageTopology.PUT_AWAY_INTERVAL);
        assertThat(stored(UsageTopology.REQUESTS_STORE)).isZero();
        // Its sequence still tells that it has been here.
        send(later, settled("e/1", 1, 1, USED));
        assertThat(read(Topics.LEDGER)).hasSize(2);
    }

    private void send(RequestRecord... records) {
        send(NOON, records);
    }

    private void send(Instant at, RequestRecord... records) {
        for (var record : records) {
            input.pipeInput(KEY, CODECS.requests().encode(record), at);
        }
    }

    private List<TestRecord<byte[], byte[]>> read(Topic topic) {
        return driver.createOutputTopic(
                        topic.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private int stored(String name) {
        int count = 0;
        try (var all = driver.<String, byte[]>getKeyValueStore(name).all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
        return count;
    }

    private double count(String meter) {
        return registry.get(meter).counter().count();
    }

    private static LedgerEntry entry(TestRecord<byte[], byte[]> record) {
        return CODECS.ledger().decode(record.value());
    }

    private static UsageTotal total(TestRecord<byte[], byte[]> record) {
        return CODECS.totals().decode(record.value());
    }

    private static DeadLetter letter(TestRecord<byte[], byte[]> record) {
        return LETTERS.decode(record.value());
    }
}
