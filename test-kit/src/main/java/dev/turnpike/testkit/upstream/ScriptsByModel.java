package dev.turnpike.testkit.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.HalfClose;
import dev.turnpike.testkit.http.Step.Hang;
import dev.turnpike.testkit.http.Step.Reset;
import dev.turnpike.testkit.http.Step.Send;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The script a request asks for by its {@code x-script} header or, without one, by its model name.
 * Names are listed at {@link #choose}; any other gives a good answer.
 */
final class ScriptsByModel {
    static final String HEADER = "x-script";
    static final Usage USAGE = new Usage(11, 5, 3, 0);
    static final List<String> DELTAS = List.of("Hello", " from", " the", " scripted", " upstream");

    static final List<String> JSON = List.of("{\"city\":\"Rome\",", "\"days\":3}");
    private static final int HUGE_LINE = 4 << 20;
    private static final int SLOW_DELTAS = 20;

    /** Longer than a client of the gateway is left without a word. */
    static final Duration PAUSE = Duration.ofMillis(1_300);

    static final Duration GAP = Duration.ofMillis(5);
    private static final Pattern NUMBERED =
            Pattern.compile("(error|slow|tokens)-(\\d+)(?:ms|-(\\d+))?");

    private ScriptsByModel() {}

    static Script choose(ReceivedRequest request) {
        if (AnthropicByModel.asked(request)) {
            return AnthropicByModel.choose(request);
        }
        var body = request.json();
        if (EmbeddingScripts.asked(request)) {
            return EmbeddingScripts.choose(body);
        }
        var name = request.header(HEADER).orElseGet(() -> body.path("model").asText(""));
        if (ResponseScripts.asked(request)) {
            var script = ResponseScripts.choose(name, body);
            if (script.isPresent()) {
                return script.get();
            }
        }
        var numbered = NUMBERED.matcher(name);
        return numbered.matches() ? numbered(numbered, body) : named(name, body);
    }

    private static Script named(String name, JsonNode body) {
        return switch (name) {
            case "hang" -> Script.hang();
            case "late" -> Script.hang().named(name);
            case "paused" -> good(body, DELTAS, Optional.of(USAGE), Duration.ZERO).pausedFor(PAUSE);
            case "hang-midstream" -> broken(name, new Hang());
            case "reset" -> Script.of(name, new Reset());
            case "reset-midstream" -> broken(name, new Reset());
            case "half-close-midstream" -> broken(name, new HalfClose());
            case "garbage" -> ChatScripts.garbage();
            case "garbage-body" -> ChatScripts.garbageBody();
            case "garbage-midstream" -> broken(name, new Send("data: {\"choices\": [}\n\n"));
            case "no-usage" -> good(body, DELTAS, Optional.empty(), Duration.ZERO).named(name);
            case "no-done" -> ChatScripts.missingDone(DELTAS, USAGE);
            case "usage-everywhere" -> ChatScripts.usageOnEveryChunk(DELTAS, USAGE);
            case "redirect" -> Script.redirect("http://127.0.0.1:1/elsewhere");
            case "huge-line" -> ChatScripts.hugeLine(HUGE_LINE, USAGE);
            case "endless" -> ChatScripts.endless(GAP);
            case "tools" -> tools(body, ToolScripts.ONE_INPUT);
            case "parallel-tools" -> tools(body, ToolScripts.TWO_INPUTS);
            case "structured" -> good(body, JSON, Optional.of(USAGE), Duration.ZERO);
            default ->
                    QuirkScripts.stream(name)
                            .or(() -> QuirkScripts.error(name))
                            .orElseGet(() -> good(body, DELTAS, Optional.of(USAGE), Duration.ZERO));
        };
    }

    /** {@code error-STATUS}, {@code slow-GAPms}, {@code tokens-PROMPT-COMPLETION}. */
    private static Script numbered(Matcher name, JsonNode body) {
        int number = Integer.parseInt(name.group(2));
        return switch (name.group(1)) {
            case "error" -> error(number);
            case "slow" -> {
                var deltas = Collections.nCopies(SLOW_DELTAS, "slow ");
                var usage = new Usage(USAGE.prompt(), SLOW_DELTAS);
                yield good(body, deltas, Optional.of(usage), Duration.ofMillis(number))
                        .named(name.group());
            }
            default -> {
                int completion = name.group(3) == null ? 1 : Integer.parseInt(name.group(3));
                var deltas = Collections.nCopies(completion, "word ");
                var usage = new Usage(number, completion);
                yield good(body, deltas, Optional.of(usage), Duration.ZERO).named(name.group());
            }
        };
    }

    static Script error(int status) {
        boolean waitingHelps = status == 429 || status == 503;
        return ChatScripts.error(
                status,
                "scripted_" + status,
                waitingHelps ? Optional.of(Duration.ofSeconds(1)) : Optional.empty());
    }

    /** Calls a tool until its result is there. */
    private static Script tools(JsonNode body, List<String> inputs) {
        if (ToolScripts.answersTool(body)) {
            return good(body, DELTAS, Optional.of(USAGE), Duration.ZERO);
        }
        boolean wanted = body.path("stream_options").path("include_usage").asBoolean();
        return body.path("stream").asBoolean()
                ? ToolScripts.toolsStream(inputs, wanted ? Optional.of(USAGE) : Optional.empty())
                : ToolScripts.toolsJson(inputs, USAGE);
    }

    private static Script broken(String name, Step fault) {
        return ChatScripts.breakingOff(name, DELTAS, GAP, fault);
    }

    /** As a provider does: a stream when asked for one, with usage only when asked for it. */
    private static Script good(
            JsonNode body, List<String> deltas, Optional<Usage> usage, Duration gap) {
        if (!body.path("stream").asBoolean()) {
            var whole = ChatScripts.chatJson(String.join("", deltas), usage);
            return gap.isZero() ? whole : whole.after(gap);
        }
        boolean wanted = body.path("stream_options").path("include_usage").asBoolean();
        return ChatScripts.chatStream(deltas, wanted ? usage : Optional.empty(), gap);
    }
}
