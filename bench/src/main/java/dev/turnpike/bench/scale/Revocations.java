package dev.turnpike.bench.scale;

import dev.turnpike.bench.load.LoadFigures.Spread;
import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.rig.BenchException;
import dev.turnpike.bench.rig.ControlPlane;
import dev.turnpike.bench.rig.Edge;
import dev.turnpike.bench.rig.LoadGenerator;
import dev.turnpike.bench.rig.Population.Spare;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long a revoked key still works at an edge that is busy. Each key is used, then revoked
 * through the management API, then asked with until it is refused. The time runs from before the
 * command is sent to after the first refusal, so it is never too short.
 */
final class Revocations {
    /** Load before the first revocation, so that the edge and its connections are warm. */
    private static final Duration LEAD = Duration.ofSeconds(2);

    /** From one revocation to the next, at least: they meet the load at different moments. */
    private static final Duration APART = Duration.ofMillis(30);

    /** Length of the load for each of them. */
    private static final Duration SHARE = Duration.ofMillis(60);

    private static final Duration ASK_EVERY = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int DIGITS = 3;
    private static final int ACCEPTED = 200;
    private static final int REFUSED = 401;

    private final ControlPlane control;
    private final Edge edge;
    private final Histogram times = new Histogram(PATIENCE.toNanos() * 2, DIGITS);

    Revocations(ControlPlane control, Edge edge) {
        this.control = control;
        this.edge = edge;
    }

    /**
     * What was seen.
     *
     * @param times in nanoseconds
     * @param perSecond answers of the edge to the load meanwhile
     */
    record Seen(Spread times, double perSecond) {}

    /**
     * Revokes keys one after the other while the load runs: all of them, or fewer if it is slow.
     *
     * @param job the load, of any length, none of it with one of {@code keys}
     * @throws BenchException if a key is not refused in time, or something is not answered
     */
    Seen under(LoadGenerator load, LoadJob job, List<Spare> keys) {
        var length = LEAD.plus(SHARE.multipliedBy(keys.size()));
        load.begin(job.lasting(length));
        long end = System.nanoTime() + length.toNanos();
        LockSupport.parkNanos(LEAD.toNanos());
        try (var http = TestHttp.connect(edge.port())) {
            for (var key : keys) {
                long next = System.nanoTime() + APART.toNanos();
                if (next - end > 0) {
                    break; // The rest would not be under load.
                }
                times.recordValue(revoke(key, http));
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (IOException e) {
            throw new BenchException("the edge does not answer: " + e.getMessage(), e);
        }
        var answered = load.end();
        if (answered.failed() > 0) {
            throw new BenchException(answered.failed() + " requests were not answered with 200");
        }
        return new Seen(Spread.of(times), answered.perSecond());
    }

    private long revoke(Spare key, TestHttp http) throws IOException {
        if (status(key, http) != ACCEPTED) {
            throw new BenchException("a key did not work before it was revoked");
        }
        long began = System.nanoTime();
        control.revoke(key);
        while (status(key, http) != REFUSED) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new BenchException("a revoked key worked for " + PATIENCE);
            }
            LockSupport.parkNanos(ASK_EVERY.toNanos());
        }
        return System.nanoTime() - began;
    }

    private static int status(Spare key, TestHttp http) throws IOException {
        var headers = Map.of("authorization", "Bearer " + key.key().whole());
        return http.request("GET", "/v1/models", headers, "").read().status();
    }
}
