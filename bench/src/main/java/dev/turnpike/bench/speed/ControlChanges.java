package dev.turnpike.bench.speed;

import dev.turnpike.bench.rig.BenchException;
import dev.turnpike.bench.rig.Publication;
import dev.turnpike.bench.rig.Rig;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a change of the control state takes to be in force at the edge: a key is created and
 * removed in turns, and asked for until the answer changes. The time runs from before the
 * transaction begins to after the first answer that shows the change, so it is never too short.
 */
final class ControlChanges {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration ASK_EVERY = Duration.ofNanos(500_000);
    private static final int ACCEPTED = 200;
    private static final int REFUSED = 401;

    private ControlChanges() {}

    /** Milliseconds of each change. */
    static List<Double> measure(Rig rig, int edgePort, int changes) {
        var random = new SecureRandom();
        var times = new ArrayList<Double>();
        try (var http = TestHttp.connect(edgePort)) {
            for (int i = 0; i < changes; i += 2) {
                var text = ApiKeyText.generate("tp", random);
                var record = Publication.key(text, rig.masterKey());
                times.add(timed(() -> rig.control().write(record), http, text, ACCEPTED));
                times.add(timed(() -> rig.control().delete(record), http, text, REFUSED));
            }
        } catch (IOException e) {
            throw new BenchException("the edge does not answer: " + e.getMessage(), e);
        }
        return times;
    }

    private static double timed(Runnable change, TestHttp http, ApiKeyText key, int wanted)
            throws IOException {
        var headers = Map.of("authorization", "Bearer " + key.whole());
        long began = System.nanoTime();
        change.run();
        while (http.request("GET", "/v1/models", headers, "").read().status() != wanted) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new BenchException("a change was not in force within " + PATIENCE);
            }
            LockSupport.parkNanos(ASK_EVERY.toNanos());
        }
        return (double) (System.nanoTime() - began) / 1e6;
    }
}
