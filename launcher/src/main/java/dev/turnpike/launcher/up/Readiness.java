package dev.turnpike.launcher.up;

import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.ServiceHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Waits until every check of a host passes. */
final class Readiness {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

    private Readiness() {}

    /**
     * Returns when all checks passed in one look, or at once when a stop is requested.
     *
     * @throws StartException naming the checks that still fail after {@code patience}, or the part
     *     that failed
     * @throws InterruptedException if the waiting thread is interrupted
     */
    static void await(ServiceHost host, StopSignal stop, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var failing = failing(host.ready());
            if (failing.isEmpty()) {
                return;
            }
            var failure = host.failure();
            if (failure.isPresent()) {
                throw new StartException("a part failed while starting", failure.get());
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new StartException(
                        "not ready within %d s, still waiting for %s"
                                .formatted(patience.toSeconds(), String.join("; ", failing)));
            }
            if (stop.await(LOOK_INTERVAL)) {
                return;
            }
        }
    }

    private static List<String> failing(List<Check> checks) {
        var names = new ArrayList<String>();
        for (var check : checks) {
            var outcome = check.probe().get();
            if (!outcome.ok()) {
                names.add(
                        outcome.detail().isEmpty()
                                ? check.name()
                                : check.name() + " (" + outcome.detail() + ")");
            }
        }
        return names;
    }
}
