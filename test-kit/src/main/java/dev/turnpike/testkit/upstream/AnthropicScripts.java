package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.Sleep;
import dev.turnpike.testkit.http.Step.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Answers of a provider of Anthropic's Messages API, good and bad. Each delta counts as a token.
 */
public final class AnthropicScripts {
    private static final String MODEL = "scripted-claude";
    private static final Map<String, String> JSON =
            Map.of("content-type", "application/json", "request-id", "req_scripted");
    private static final Step STREAM_HEAD =
            new Status(200, Map.of("content-type", "text/event-stream; charset=utf-8"));
    private static final Step PING = event("ping", "", 0);
    private static final Step STOP = event("message_stop", "", 0);

    private AnthropicScripts() {}

    /**
     * Token counts as this provider reports them: cached input stands apart from the rest.
     *
     * @param input neither read from nor written to a cache
     */
    public record Counts(int input, int cacheRead, int cacheWrite, int output) {
        /** All input tokens. */
        public int prompt() {
            return input + cacheRead + cacheWrite;
        }

        String json(int outputSoFar) {
            return """
            {"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,\
            "output_tokens":%d,"service_tier":"standard"}\
            """
                    .formatted(input, cacheWrite, cacheRead, outputSoFar);
        }
    }

    /** A whole message that holds this text. */
    public static Script message(String text, Counts counts) {
        var block = "{\"type\":\"text\",\"text\":%s}".formatted(Quoted.json(text));
        return message("message", block, "end_turn", counts);
    }

    /** A whole message that calls a tool, after some words. */
    public static Script toolMessage(String name, String input, Counts counts) {
        var blocks =
                """
                {"type":"text","text":"I look."},{"type":"tool_use","id":"toolu_scripted",\
                "name":%s,"input":%s}\
                """
                        .formatted(Quoted.json(name), input);
        return message("tool-message", blocks, "tool_use", counts);
    }

    /** A whole message whose text follows signed thinking. */
    public static Script thinkingMessage(String thinking, String text, Counts counts) {
        var blocks =
                """
                {"type":"thinking","thinking":%s,"signature":"c2lnbmVk"},\
                {"type":"text","text":%s}\
                """
                        .formatted(Quoted.json(thinking), Quoted.json(text));
        return message("thinking-message", blocks, "end_turn", counts);
    }

    private static Script message(String name, String blocks, String stopReason, Counts counts) {
        var body =
                """
                {"id":"msg_scripted","type":"message","role":"assistant","model":"%s",\
                "content":[%s],"stop_reason":"%s","stop_sequence":null,"usage":%s}\
                """
                        .formatted(MODEL, blocks, stopReason, counts.json(counts.output()));
        return Script.answer(name, 200, JSON, body, counts.output());
    }

    /**
     * A stream of one text.
     *
     * @param gap before each delta; zero for none
     */
    public static Script stream(List<String> deltas, Counts counts, Duration gap) {
        var steps = opening(counts);
        steps.addAll(text(0, deltas, gap));
        steps.addAll(closing("end_turn", counts));
        return new Script("message-stream", steps);
    }

    /** A stream of words, then a call of a tool whose input comes in pieces. */
    public static Script toolStream(String name, List<String> pieces, Counts counts) {
        var steps = opening(counts);
        steps.addAll(text(0, List.of("I look."), Duration.ZERO));
        var start =
                """
                "index":1,"content_block":{"type":"tool_use","id":"toolu_scripted","name":%s,\
                "input":{}}\
                """
                        .formatted(Quoted.json(name));
        steps.add(event("content_block_start", start, 0));
        for (var piece : pieces) {
            steps.add(delta(1, "input_json_delta", "partial_json", piece, 1));
        }
        steps.add(event("content_block_stop", "\"index\":1", 0));
        steps.addAll(closing("tool_use", counts));
        return new Script("tool-stream", steps);
    }

    /** A whole message that calls one tool several times at once. */
    public static Script toolsMessage(String name, List<String> inputs, Counts counts) {
        var blocks =
                IntStream.range(0, inputs.size())
                        .mapToObj(i ->
                                "{\"type\":\"tool_use\",\"id\":\"toolu_%d\",\"name\":%s,\"input\":%s}"
                                        .formatted(i, Quoted.json(name), inputs.get(i)))
                        .collect(Collectors.joining(","));
        return message("tools-message", blocks, "tool_use", counts);
    }

    /** A stream that calls one tool several times, one after the other, as this API does. */
    public static Script toolsStream(String name, List<String> inputs, Counts counts) {
        var steps = opening(counts);
        for (int i = 0; i < inputs.size(); i++) {
            var start =
                    """
                    "index":%d,"content_block":{"type":"tool_use","id":"toolu_%d","name":%s,\
                    "input":{}}\
                    """
                            .formatted(i, i, Quoted.json(name));
            steps.add(event("content_block_start", start, 0));
            int half = inputs.get(i).length() / 2;
            for (var piece :
                    List.of(inputs.get(i).substring(0, half), inputs.get(i).substring(half))) {
                steps.add(delta(i, "input_json_delta", "partial_json", piece, 1));
            }
            steps.add(event("content_block_stop", "\"index\":" + i, 0));
        }
        steps.addAll(closing("tool_use", counts));
        return new Script("tools-stream", steps);
    }

    /** A stream of signed thinking, then text. */
    public static Script thinkingStream(List<String> thoughts, List<String> deltas, Counts counts) {
        var steps = opening(counts);
        var start = "\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",";
        steps.add(event("content_block_start", start + "\"signature\":\"\"}", 0));
        for (var thought : thoughts) {
            steps.add(delta(0, "thinking_delta", "thinking", thought, 1));
        }
        steps.add(delta(0, "signature_delta", "signature", "c2lnbmVk", 0));
        steps.add(event("content_block_stop", "\"index\":0", 0));
        steps.addAll(text(1, deltas, Duration.ZERO));
        steps.addAll(closing("end_turn", counts));
        return new Script("thinking-stream", steps);
    }

    /** A stream that gives these deltas and then does {@code fault}. */
    public static Script breakingOff(
            String name, List<String> deltas, Counts counts, Duration gap, Step fault) {
        var steps = opening(counts);
        steps.addAll(textOpen(0, deltas, gap));
        steps.add(fault);
        return new Script(name, steps);
    }

    /** A stream that says in the middle that the provider is overloaded. */
    public static Script overloadedMidstream(List<String> deltas, Counts counts) {
        var steps = opening(counts);
        steps.addAll(textOpen(0, deltas, Duration.ZERO));
        steps.add(event("error", errorOf("overloaded_error", "Overloaded"), 0));
        steps.add(new End());
        return new Script("overloaded-midstream", steps);
    }

    /** A stream without end, one word per gap. */
    public static Script endless(Counts counts, Duration gap) {
        var word = List.of(new Sleep(gap), delta(0, "text_delta", "text", "again ", 1));
        var start = opening(counts);
        start.addAll(textOpen(0, List.of(), Duration.ZERO));
        return new Script(
                "endless",
                () ->
                        Stream.concat(
                                        start.stream(),
                                        Stream.generate(() -> word).flatMap(List::stream))
                                .iterator());
    }

    /** Refuses in this API's error shape. */
    public static Script error(int status, String type, String message) {
        var body = "{\"type\":\"error\"," + errorOf(type, message) + ",\"request_id\":\"req_1\"}";
        return Script.answer("error-" + status, status, JSON, body);
    }

    /** What the route that counts tokens answers. */
    public static Script counted(int tokens) {
        return Script.answer("count", 200, JSON, "{\"input_tokens\":%d}".formatted(tokens));
    }

    private static String errorOf(String type, String message) {
        return "\"error\":{\"type\":\"%s\",\"message\":%s}".formatted(type, Quoted.json(message));
    }

    private static List<Step> opening(Counts counts) {
        var message =
                """
                "message":{"id":"msg_scripted","type":"message","role":"assistant","model":"%s",\
                "content":[],"stop_reason":null,"stop_sequence":null,"usage":%s}\
                """
                        .formatted(MODEL, counts.json(1));
        return new ArrayList<>(List.of(STREAM_HEAD, event("message_start", message, 0), PING));
    }

    private static List<Step> text(int index, List<String> deltas, Duration gap) {
        var steps = new ArrayList<>(textOpen(index, deltas, gap));
        steps.add(event("content_block_stop", "\"index\":" + index, 0));
        return steps;
    }

    private static List<Step> textOpen(int index, List<String> deltas, Duration gap) {
        var steps = new ArrayList<Step>();
        var block = "\"index\":%d,\"content_block\":{\"type\":\"text\",\"text\":\"\"}";
        steps.add(event("content_block_start", block.formatted(index), 0));
        for (var text : deltas) {
            if (gap.isPositive()) {
                steps.add(new Sleep(gap));
            }
            steps.add(delta(index, "text_delta", "text", text, 1));
        }
        return steps;
    }

    private static List<Step> closing(String stopReason, Counts counts) {
        var end =
                """
                "delta":{"stop_reason":"%s","stop_sequence":null},"usage":{"output_tokens":%d}\
                """
                        .formatted(stopReason, counts.output());
        return List.of(event("message_delta", end, 0), STOP, new End());
    }

    private static Step delta(int index, String type, String name, String text, int tokens) {
        var delta =
                "\"index\":%d,\"delta\":{\"type\":\"%s\",\"%s\":%s}"
                        .formatted(index, type, name, Quoted.json(text));
        return event("content_block_delta", delta, tokens);
    }

    private static Step event(String type, String members, int tokens) {
        var more = members.isEmpty() ? "" : "," + members;
        var text = "event: %s\ndata: {\"type\":\"%s\"%s}\n\n".formatted(type, type, more);
        return new Send(text.getBytes(StandardCharsets.UTF_8), tokens);
    }
}
