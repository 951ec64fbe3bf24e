package dev.turnpike.testkit.http;

import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.Hang;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.Sleep;
import dev.turnpike.testkit.http.Step.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * How one request is answered.
 *
 * @param name for the ledger and failure messages
 * @param steps played in order; may be endless. When they run out without {@link End} the
 *     connection is closed as it is.
 */
public record Script(String name, Iterable<Step> steps) {
    public static Script of(String name, Step... steps) {
        return new Script(name, List.of(steps));
    }

    /** A whole answer with a known length. */
    public static Script answer(String name, int status, Map<String, String> headers, String body) {
        return answer(name, status, headers, body, 0);
    }

    /**
     * @param tokens counted as generated once the body is written
     */
    public static Script answer(
            String name, int status, Map<String, String> headers, String body, int tokens) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var all = new LinkedHashMap<>(headers);
        all.put("content-length", Integer.toString(bytes.length));
        return of(name, new Status(status, all), new Send(bytes, tokens), new End());
    }

    /** An answer without a body. */
    public static Script status(int status) {
        return answer("status-" + status, status, Map.of(), "");
    }

    public static Script redirect(String location) {
        return answer("redirect", 302, Map.of("location", location), "");
    }

    public static Script retryAfter(int status, Duration delay) {
        var header = Map.of("retry-after", Long.toString(delay.toSeconds()));
        return answer("retry-after", status, header, "");
    }

    /** Takes the request and never answers. */
    public static Script hang() {
        return of("hang", new Hang());
    }

    /** This script, started later. Not for endless scripts. */
    public Script after(Duration delay) {
        var delayed = new ArrayList<Step>(List.of(new Sleep(delay)));
        steps.forEach(delayed::add);
        return new Script(name, delayed);
    }

    /** This script, started when {@code gate} is open. Who leaves before that is not noticed. */
    public Script behind(CountDownLatch gate) {
        return new Script(
                name,
                () -> {
                    try {
                        gate.await();
                    } catch (InterruptedException stopping) {
                        Thread.currentThread().interrupt();
                    }
                    return steps.iterator();
                });
    }

    /** This script, which is silent for a time once its head is sent. Not for endless scripts. */
    public Script pausedFor(Duration pause) {
        var paused = new ArrayList<Step>();
        for (var step : steps) {
            paused.add(step);
            if (step instanceof Status) {
                paused.add(new Sleep(pause));
            }
        }
        return new Script(name, paused);
    }

    /** The same script under another name. */
    public Script named(String other) {
        return new Script(other, steps);
    }

    /** The same script with one more header in its head. Not for endless scripts. */
    public Script with(String header, String value) {
        var changed = new ArrayList<Step>();
        for (var step : steps) {
            if (step instanceof Status(var code, var headers)) {
                var all = new LinkedHashMap<>(headers);
                all.put(header, value);
                changed.add(new Status(code, all));
            } else {
                changed.add(step);
            }
        }
        return new Script(name, changed);
    }

    /** This script with other steps from its {@code kept}-th on. Not for endless scripts. */
    public Script cutAfter(int kept, Step... instead) {
        var cut = new ArrayList<Step>();
        steps.forEach(cut::add);
        cut.subList(Math.min(kept, cut.size()), cut.size()).clear();
        cut.addAll(Arrays.asList(instead));
        return new Script(name, cut);
    }
}
