package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps that fail, or succeed only when tried again; see {@code e2e/steps.mjs}. */
final class JavaTroubles {
    private static final List<String> PLAIN =
            List.of(
                    "too_long",
                    "forbidden",
                    "too_large",
                    "unprocessable",
                    "busy",
                    "down",
                    "flaky_429",
                    "flaky_503");

    /** Long enough for a request to reach the provider, short enough to be waited for. */
    private static final Duration TIMEOUT = Duration.ofMillis(2_500);

    private final JavaRun run;
    private final Client client;

    /** One vendor's client. */
    interface Client {
        /** Sends one request and returns the text of the answer. */
        String ask(String model, Setting setting);

        /** What its exception tells, or empty for other exceptions. */
        Optional<ObjectNode> shown(RuntimeException failure);
    }

    /**
     * How a client is set.
     *
     * @param maxRetries empty for its default
     * @param timeout empty for its default
     */
    record Setting(String key, Optional<Integer> maxRetries, Optional<Duration> timeout) {
        Setting(String key) {
            this(key, Optional.empty(), Optional.empty());
        }
    }

    JavaTroubles(JavaRun run, Client client) {
        this.run = run;
        this.client = client;
    }

    void addTo(Map<String, JavaRun.Step> steps) {
        var own = new Setting(run.key());
        var wrong = new Setting(run.key() + "x");
        var once = new Setting(run.key(), Optional.of(0), Optional.empty());
        var hasty = new Setting(run.key(), Optional.empty(), Optional.of(TIMEOUT));
        steps.put("wrong_key", () -> failing(run.model("good"), wrong));
        steps.put("unknown_model", () -> failing(run.model("good") + "-unknown", own));
        for (var use : PLAIN) {
            steps.put(use, () -> failing(run.model(use), own));
        }
        steps.put("late", () -> failing(run.model("late"), once));
        steps.put("timed_out", () -> failing(run.model("hang"), hasty));
        steps.put("quota", () -> twice("quota", own));
        steps.put("minute", () -> twice("minute", once));
        steps.put("second", () -> twice("second", own));
    }

    private JsonNode twice(String use, Setting setting) {
        var both = JavaRun.object();
        both.set("first", failing(run.model(use), setting));
        both.set("second", failing(run.model(use), setting));
        return both;
    }

    private JsonNode failing(String model, Setting setting) {
        return failing(() -> client.ask(model, setting));
    }

    /** Something that sends requests. */
    @FunctionalInterface
    interface Work {
        String text();
    }

    /** What work came to, and how many requests it took. */
    ObjectNode failing(Work work) {
        int before = run.requestsSent();
        try {
            var text = work.text();
            return JavaRun.object()
                    .putNull("error")
                    .put("text", text)
                    .put("attempts", run.requestsSent() - before);
        } catch (RuntimeException e) {
            return client.shown(e)
                    .orElseThrow(() -> e)
                    .put("error", e.getClass().getSimpleName())
                    .put("message", e.getMessage())
                    .put("attempts", run.requestsSent() - before);
        }
    }
}
