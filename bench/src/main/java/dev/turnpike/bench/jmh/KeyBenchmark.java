package dev.turnpike.bench.jmh;

import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHash;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.secret.MasterKey;
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
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to check a key. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KeyBenchmark {
    private static final long SEED = 7;

    private final KeyHasher hasher = KeyHasher.of(MasterKey.of(new byte[MasterKey.BYTES]), 1);
    private final String right = ApiKeyText.generate("tp", new Random(SEED)).whole();
    private final String wrong = ApiKeyText.generate("tp", new Random(SEED + 1)).whole();
    private final KeyHash stored = hasher.hash(right);

    /** The right key. */
    @Benchmark
    public boolean matchesRightKey() {
        return hasher.matches(right, stored);
    }

    /** A key that does not exist; it has to cost the same. */
    @Benchmark
    public boolean matchesUnknownKey() {
        return hasher.matches(wrong, null);
    }
}
