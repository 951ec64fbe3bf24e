package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.Hang;
import dev.turnpike.testkit.http.Step.Reset;
import dev.turnpike.testkit.upstream.AnthropicScripts.Counts;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The script of Anthropic's API that a request asks for, by the names of {@link ScriptsByModel}.
 */
final class AnthropicByModel {
    static final Counts COUNTS = new Counts(8, 3, 2, 5);

    private static final Duration GAP = Duration.ofMillis(5);
    private static final String TOOL = "get_weather";
    private static final List<String> INPUT = List.of("{\"city\":", "\"Rome\"}");
    private static final List<String> JSON = List.of("{\"city\":\"Rome\",", "\"days\":3}");
    private static final Pattern NUMBERED =
            Pattern.compile("(error|slow|tokens)-(\\d+)(?:ms|-(\\d+))?");

    private AnthropicByModel() {}

    /** Whether a request is of this API. */
    static boolean asked(ReceivedRequest request) {
        return request.target().contains("/messages");
    }

    static Script choose(ReceivedRequest request) {
        var body = request.json();
        if (request.target().contains("/count_tokens")) {
            return AnthropicScripts.counted(COUNTS.prompt());
        }
        var name =
                request.header(ScriptsByModel.HEADER)
                        .orElseGet(() -> body.path("model").asText(""));
        boolean stream = body.path("stream").asBoolean();
        var numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
            int number = Integer.parseInt(numbered.group(2));
            var second = numbered.group(3);
            return switch (numbered.group(1)) {
                case "error" -> error(number);
                case "slow" -> words(stream, 20, COUNTS.prompt(), Duration.ofMillis(number));
                default ->
                        words(
                                stream,
                                second == null ? 1 : Integer.parseInt(second),
                                number,
                                Duration.ZERO);
            };
        }
        return named(name, stream, ToolScripts.answersTool(body));
    }

    private static Script words(boolean stream, int output, int input, Duration gap) {
        var counts = new Counts(input, 0, 0, output);
        var words = Collections.nCopies(output, "word ");
        return stream
                ? AnthropicScripts.stream(words, counts, gap)
                : AnthropicScripts.message(String.join("", words), counts);
    }

    private static Script named(String name, boolean stream, boolean toolAnswered) {
        return switch (name) {
            case "hang" -> Script.hang();
            case "late" -> Script.hang().named(name);
            case "paused" -> good(stream).pausedFor(ScriptsByModel.PAUSE);
            case "reset" -> Script.of(name, new Reset());
            case "hang-midstream" -> broken(name, new Hang());
            case "reset-midstream" -> broken(name, new Reset());
            case "garbage" -> ChatScripts.garbage();
            case "garbage-body" -> ChatScripts.garbageBody();
            case "endless" -> AnthropicScripts.endless(COUNTS, GAP);
            case "overloaded-midstream" ->
                    AnthropicScripts.overloadedMidstream(ScriptsByModel.DELTAS, COUNTS);
            case "tools" -> toolAnswered ? good(stream) : tools(stream);
            case "parallel-tools" -> toolAnswered ? good(stream) : twoTools(stream);
            case "thinking" -> thinking(stream);
            case "structured" -> text(JSON, stream);
            case "error-context" ->
                    AnthropicScripts.error(
                            400, "invalid_request_error", "prompt is too long: 9 tokens > 8");
            default -> good(stream);
        };
    }

    static Script good(boolean stream) {
        return text(ScriptsByModel.DELTAS, stream);
    }

    private static Script text(List<String> deltas, boolean stream) {
        return stream
                ? AnthropicScripts.stream(deltas, COUNTS, Duration.ZERO)
                : AnthropicScripts.message(String.join("", deltas), COUNTS);
    }

    private static Script tools(boolean stream) {
        return stream
                ? AnthropicScripts.toolStream(TOOL, INPUT, COUNTS)
                : AnthropicScripts.toolMessage(TOOL, String.join("", INPUT), COUNTS);
    }

    private static Script twoTools(boolean stream) {
        return stream
                ? AnthropicScripts.toolsStream(TOOL, ToolScripts.TWO_INPUTS, COUNTS)
                : AnthropicScripts.toolsMessage(TOOL, ToolScripts.TWO_INPUTS, COUNTS);
    }

    private static Script thinking(boolean stream) {
        var thoughts = List.of("Let me ", "think.");
        return stream
                ? AnthropicScripts.thinkingStream(thoughts, ScriptsByModel.DELTAS, COUNTS)
                : AnthropicScripts.thinkingMessage(
                        String.join("", thoughts), String.join("", ScriptsByModel.DELTAS), COUNTS);
    }

    private static Script broken(String name, Step fault) {
        return AnthropicScripts.breakingOff(name, ScriptsByModel.DELTAS, COUNTS, GAP, fault);
    }

    static Script error(int status) {
        var type =
                switch (status) {
                    case 400 -> "invalid_request_error";
                    case 401 -> "authentication_error";
                    case 429 -> "rate_limit_error";
                    case 529 -> "overloaded_error";
                    default -> "api_error";
                };
        return AnthropicScripts.error(status, type, "scripted failure");
    }
}
