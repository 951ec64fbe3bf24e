package dev.turnpike.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/** Histograms that hold every latency this generator can see. */
final class Latencies {
    /** Longer waits are recorded as this. */
    static final Duration MAX = Duration.ofMinutes(1);

    private static final int DIGITS = 3;

    private Latencies() {}

    static Histogram empty() {
        return new Histogram(MAX.toNanos(), DIGITS);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, MAX.toNanos()));
    }
}
