package dev.turnpike.bench.load;

import java.time.Duration;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Stretches of a job in which all requests are the same, and those in which they vary. By chance
 * and short, so that whatever else this machine does meets both kinds alike. Immutable.
 */
final class Turns {
    private final long nanos;
    private final BitSet same;

    private Turns(long nanos, BitSet same) {
        this.nanos = nanos;
        this.same = same;
    }

    static Turns of(LoadJob job, RandomGenerator random) {
        long turnMillis = job.variation().turnMillis();
        var same = new BitSet();
        if (turnMillis > 0) {
            for (int turn = 0; turn * turnMillis < job.millis(); turn++) {
                same.set(turn, random.nextBoolean());
            }
        }
        return new Turns(Duration.ofMillis(turnMillis).toNanos(), same);
    }

    boolean areTaken() {
        return nanos > 0;
    }

    /** Whether a request that is due {@code nanos} after the job's begin is not to vary. */
    boolean isSame(long after) {
        return areTaken() && same.get((int) (after / nanos));
    }
}
