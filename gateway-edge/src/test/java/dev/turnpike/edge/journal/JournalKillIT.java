package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.process.ChildProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A real journal on disk, and processes that die while they write it. */
class JournalKillIT {
    private static final int KILLS = 8;
    private static final int NUMBERS_PER_CHILD = 1_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path directory;
    @TempDir private Path outputs;

    private final Set<Integer> started = new HashSet<>();
    private final Set<Integer> called = new HashSet<>();
    private final Set<Integer> ended = new HashSet<>();
    private long acknowledged;

    @Test
    void everyPromiseIsKeptAcrossKills() {
        var random = new Random(20_261_121);
        for (int kill = 1; kill <= KILLS; kill++) {
            runAndKill(kill, 50 + random.nextInt(3_000));
        }
        try (var journal = open()) {
            check(journal);
        }
    }

    /** It would take the records of a row for one, and lose the others without a word. */
    @Test
    void aVersionThatKnowsOnlyRowsOfOneRecordDoesNotOpenTheStore() throws RocksDBException {
        new RocksStore(directory, false).close();
        var tables = new ArrayList<ColumnFamilyDescriptor>();
        tables.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
        for (var name : List.of("RECORDS", "OPEN", "META")) {
            tables.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII)));
        }
        try (var options = new DBOptions()) {
            assertThatThrownBy(() ->
                            RocksDB.open(options, directory.toString(), tables, new ArrayList<>()))
                    .isInstanceOf(RocksDBException.class)
                    .hasMessageContaining("GROUPED");
        }
    }

    private Journal open() {
        return Journal.open(JournalSettings.in(directory), InstantSource.system(), () -> "e");
    }

    private void runAndKill(int kill, int lines) {
        var args =
                List.of(
                        directory.toString(),
                        String.valueOf(kill),
                        String.valueOf(kill * NUMBERS_PER_CHILD));
        try (var child = ChildProcess.start(JournalWorker.class, args, Map.of(), outputs)) {
            child.awaitLine("open", PATIENCE);
            assertThatThrownBy(this::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use by another edge");
            Eventually.await(
                    PATIENCE,
                    "the worker's lines",
                    () -> enough(kill, lines, child.stdout()) || !child.isAlive());
            child.killNow();
            child.stdout().lines().forEach(this::promised);
        }
    }

    /** Also so many acknowledgements that some of them have been saved, where they come. */
    private static boolean enough(int kill, int lines, String said) {
        long rounds = said.lines().filter(line -> line.startsWith("A ")).count();
        return said.lines().count() >= lines
                && (kill % 2 == 0 || rounds >= JournalWorker.ROUNDS_UNTIL_SAVED);
    }

    private void promised(String line) {
        if (line.length() < 3 || line.charAt(1) != ' ') {
            return;
        }
        int n = Integer.parseInt(line.substring(2));
        switch (line.charAt(0)) {
            case 'S' -> started.add(n);
            case 'C' -> called.add(n);
            case 'T' -> ended.add(n);
            case 'A' -> acknowledged = Math.max(acknowledged, n);
            default -> throw new AssertionError(line);
        }
    }

    private void check(Journal journal) {
        var codec = RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
        var last = new HashMap<String, Long>();
        Map<String, List<RequestFact>> facts = new HashMap<>();
        long position = 0;
        for (var row : journal.read(1, Integer.MAX_VALUE, Long.MAX_VALUE)) {
            assertThat(row.position()).isEqualTo(++position);
            var record = codec.decode(row.value());
            assertThat(row.partition()).isEqualTo(Topics.partition(Topics.REQUESTS, row.key()));
            long sequence = last.merge(record.stream() + "#" + row.partition(), 1L, Long::sum);
            assertThat(record.sequence()).isEqualTo(sequence);
            facts.computeIfAbsent(record.fact().call().requestId().value(), k -> new ArrayList<>())
                    .add(record.fact());
        }
        assertThat(journal.acknowledgedPosition()).isBetween(1L, acknowledged);
        assertThat(started).hasSizeGreaterThan(KILLS * 10);
        assertThat(facts).hasSizeGreaterThanOrEqualTo(started.size());
        facts.values()
                .forEach(of -> {
                    assertThat(of).hasSize(2);
                    assertThat(of.getFirst()).isInstanceOf(Started.class);
                    assertThat(of.getLast().terminal()).isTrue();
                });
        for (int n : started) {
            assertThat(facts).containsKey(Facts.id(n).value());
            var end = facts.getOrDefault(Facts.id(n).value(), List.of()).getLast();
            if (ended.contains(n)) {
                assertThat(end).isInstanceOf(Settled.class);
            } else if (end instanceof Aborted aborted && called.contains(n)) {
                assertThat(aborted.settlement().charged()).isTrue();
            }
        }
        assertThat(facts.values().stream().filter(of -> of.getLast() instanceof Aborted).count())
                .isBetween(1L, KILLS * 8L);
    }
}
