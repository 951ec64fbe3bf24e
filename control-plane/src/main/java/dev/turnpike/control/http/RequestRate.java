package dev.turnpike.control.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps each management key below a number of requests a second on each route. The second rolls: it
 * is counted in tenths, of which eleven together never hold more than the number, so no second of
 * any start does. Thread-safe.
 */
final class RequestRate {
    /** Pairs of key and route that are counted at once; the one longest unused goes first. */
    static final int TRACKED_MAX = 10_000;

    private static final long TENTH_MILLIS = 100;
    private static final int TENTHS = 11;

    private final int perSecond;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Counted, Tenths> counters = new LinkedHashMap<>(16, 0.75f, true);

    private record Counted(KeyPrefix key, Route route) {}

    RequestRate(int perSecond, InstantSource clock) {
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /**
     * Counts one request.
     *
     * @throws ProblemException {@code rate_limit_exceeded} if it is one too many; it is not counted
     */
    void take(KeyPrefix key, Route route) {
        long wait;
        lock.lock();
        try {
            var counted = new Counted(key, route);
            var tenths = counters.computeIfAbsent(counted, absent -> new Tenths());
            wait = tenths.take(clock.millis(), perSecond);
            if (counters.size() > TRACKED_MAX) {
                counters.remove(counters.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
        if (wait > 0) {
            throw Problem.of(
                            ErrorCode.RATE_LIMIT_EXCEEDED,
                            "A key may make " + perSecond + " requests a second on one route")
                    .withRetryAfter(Duration.ofMillis(wait))
                    .asException();
        }
    }

    /** Requests in the newest tenths of a second. */
    private static final class Tenths {
        private final int[] counts = new int[TENTHS];
        private long newest;

        /** Milliseconds to wait, or 0 when the request is counted. */
        long take(long millis, int most) {
            // A clock that goes back must not lock anybody out.
            long tenth = Math.max(newest, Math.floorDiv(millis, TENTH_MILLIS));
            for (long next = Math.max(newest + 1, tenth - TENTHS + 1); next <= tenth; next++) {
                counts[index(next)] = 0;
            }
            newest = tenth;
            int sum = 0;
            for (int count : counts) {
                sum += count;
            }
            if (sum < most) {
                counts[index(tenth)]++;
                return 0;
            }
            long oldest = tenth - TENTHS + 1;
            while (counts[index(oldest)] == 0) {
                oldest++;
            }
            return Math.max(1, (oldest + TENTHS) * TENTH_MILLIS - millis);
        }

        private static int index(long tenth) {
            return (int) Math.floorMod(tenth, (long) TENTHS);
        }
    }
}
