package dev.turnpike.bench.jmh;

import dev.turnpike.edge.journal.Journal;
import dev.turnpike.edge.journal.JournalSettings;
import dev.turnpike.edge.journal.Receipt;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.control.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to make one request durable on this machine. Nothing is shipped meanwhile. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class JournalBenchmark {
    private static final long SEED = 7;
    private static final long BYTES_MAX = 1L << 40;

    private final InstantSource clock = InstantSource.system();
    private final IdSource ids = new IdSource(clock, new Random(SEED));
    private final Path directory;
    private final Journal journal;

    /** Opens an empty journal. */
    public JournalBenchmark() {
        try {
            directory = Files.createTempDirectory("turnpike-bench-journal");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        var settings = new JournalSettings(directory, Optional.empty(), BYTES_MAX, false);
        journal = Journal.open(settings, clock, ids::next);
    }

    /** All that is written of one ordinary request. */
    @Benchmark
    public Receipt startedCalledSettled() {
        var ulid = ids.next();
        var settled = Samples.settled(ulid);
        journal.started(Samples.started(ulid));
        journal.called(settled.call().requestId(), Provider.OPENAI_COMPATIBLE, "up-1");
        return journal.terminal(settled);
    }

    /** Removes what was written. */
    @TearDown
    public void close() throws IOException {
        journal.close();
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
