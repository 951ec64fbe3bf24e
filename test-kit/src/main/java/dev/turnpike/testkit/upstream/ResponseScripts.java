package dev.turnpike.testkit.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.Reset;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.Sleep;
import dev.turnpike.testkit.http.Step.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Answers of a provider of OpenAI's responses, by the names of {@link ScriptsByModel}. Each delta
 * counts as a token.
 */
final class ResponseScripts {
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final Step STREAM_HEAD =
            new Status(200, Map.of("content-type", "text/event-stream; charset=utf-8"));
    private static final Usage USAGE = ScriptsByModel.USAGE;

    private ResponseScripts() {}

    static boolean asked(ReceivedRequest request) {
        return request.target().endsWith("/responses");
    }

    /** The script of that name, or empty when it is not particular to this API. */
    static Optional<Script> choose(String name, JsonNode body) {
        boolean stream = body.path("stream").asBoolean();
        boolean answered = ToolScripts.answersTool(body);
        return switch (name) {
            case "endless" -> Optional.of(endless());
            case "reset-midstream" -> Optional.of(broken());
            case "tools" -> Optional.of(tools(ToolScripts.ONE_INPUT, answered, stream));
            case "parallel-tools" -> Optional.of(tools(ToolScripts.TWO_INPUTS, answered, stream));
            case "structured" -> Optional.of(text(ScriptsByModel.JSON, stream));
            case "paused" ->
                    Optional.of(
                            text(ScriptsByModel.DELTAS, stream).pausedFor(ScriptsByModel.PAUSE));
            case "good", "flaky-429", "flaky-503" ->
                    Optional.of(text(ScriptsByModel.DELTAS, stream));
            default -> Optional.empty();
        };
    }

    private static Script text(List<String> deltas, boolean stream) {
        var item = message(String.join("", deltas), "completed");
        return stream ? textStream(deltas, item) : whole(item);
    }

    private static Script tools(List<String> inputs, boolean answered, boolean stream) {
        if (answered) {
            return text(ScriptsByModel.DELTAS, stream);
        }
        var items =
                IntStream.range(0, inputs.size())
                        .mapToObj(i -> call(i, inputs.get(i), "completed"))
                        .toList();
        return stream ? toolStream(inputs, items) : whole(String.join(",", items));
    }

    private static Script whole(String items) {
        return Script.answer(
                "response", 200, JSON, response("completed", items, usage()), USAGE.completion());
    }

    private static Script textStream(List<String> deltas, String item) {
        var steps = opening();
        steps.addAll(textOpen());
        deltas.forEach(text -> steps.add(delta(text)));
        var part = part(String.join("", deltas));
        steps.add(
                event(
                        "response.output_text.done",
                        "\"item_id\":\"msg_scripted\",\"output_index\":0,\"content_index\":0,"
                                + "\"logprobs\":[],\"text\":"
                                + Quoted.json(String.join("", deltas)),
                        0));
        steps.add(
                event(
                        "response.content_part.done",
                        "\"item_id\":\"msg_scripted\",\"output_index\":0,\"content_index\":0,"
                                + "\"part\":"
                                + part,
                        0));
        steps.add(event("response.output_item.done", "\"output_index\":0,\"item\":" + item, 0));
        steps.addAll(closing(item));
        return numbered("response-stream", steps);
    }

    private static Script toolStream(List<String> inputs, List<String> items) {
        var steps = opening();
        for (int i = 0; i < inputs.size(); i++) {
            var at = "\"item_id\":\"fc_%d\",\"output_index\":%d".formatted(i, i);
            steps.add(
                    event(
                            "response.output_item.added",
                            "\"output_index\":%d,\"item\":%s"
                                    .formatted(i, call(i, "", "in_progress")),
                            0));
            var input = inputs.get(i);
            int half = input.length() / 2;
            for (var piece : List.of(input.substring(0, half), input.substring(half))) {
                steps.add(
                        event(
                                "response.function_call_arguments.delta",
                                at + ",\"delta\":" + Quoted.json(piece),
                                1));
            }
            steps.add(
                    event(
                            "response.function_call_arguments.done",
                            at + ",\"name\":\"get_weather\",\"arguments\":" + Quoted.json(input),
                            0));
            steps.add(
                    event(
                            "response.output_item.done",
                            "\"output_index\":%d,\"item\":%s".formatted(i, items.get(i)),
                            0));
        }
        steps.addAll(closing(String.join(",", items)));
        return numbered("response-tool-stream", steps);
    }

    private static Script endless() {
        var word = List.of(new Sleep(ScriptsByModel.GAP), numbered(delta("again "), 4));
        var start = numbered(opened());
        return new Script(
                "endless",
                () ->
                        Stream.concat(
                                        start.stream(),
                                        Stream.generate(() -> word).flatMap(List::stream))
                                .iterator());
    }

    private static Script broken() {
        var steps = opened();
        ScriptsByModel.DELTAS.forEach(text -> steps.add(delta(text)));
        steps.add(new Sleep(ScriptsByModel.GAP));
        steps.add(new Reset());
        return numbered("reset-midstream", steps);
    }

    private static List<Step> opened() {
        var steps = opening();
        steps.addAll(textOpen());
        return steps;
    }

    private static List<Step> opening() {
        var begun = "\"response\":" + response("in_progress", "", "null");
        return new ArrayList<>(
                List.of(
                        STREAM_HEAD,
                        event("response.created", begun, 0),
                        event("response.in_progress", begun, 0)));
    }

    private static List<Step> textOpen() {
        var item = message("", "in_progress").replaceFirst("\"content\":\\[.*]", "\"content\":[]");
        return List.of(
                event("response.output_item.added", "\"output_index\":0,\"item\":" + item, 0),
                event(
                        "response.content_part.added",
                        "\"item_id\":\"msg_scripted\",\"output_index\":0,\"content_index\":0,"
                                + "\"part\":"
                                + part(""),
                        0));
    }

    private static List<Step> closing(String items) {
        return List.of(
                event(
                        "response.completed",
                        "\"response\":" + response("completed", items, usage()),
                        0),
                new End());
    }

    private static Step delta(String text) {
        return event(
                "response.output_text.delta",
                "\"item_id\":\"msg_scripted\",\"output_index\":0,\"content_index\":0,"
                        + "\"logprobs\":[],\"delta\":"
                        + Quoted.json(text),
                1);
    }

    /** An event whose {@code sequence_number} is filled in by {@link #numbered}. */
    private static Step event(String type, String members, int tokens) {
        var text =
                "event: %s\ndata: {\"type\":\"%s\",\"sequence_number\":#,%s}\n\n"
                        .formatted(type, type, members);
        return new Send(text.getBytes(StandardCharsets.UTF_8), tokens);
    }

    private static Script numbered(String name, List<Step> steps) {
        return new Script(name, numbered(steps));
    }

    private static List<Step> numbered(List<Step> steps) {
        return IntStream.range(0, steps.size())
                .mapToObj(i -> numbered(steps.get(i), i - 1))
                .toList();
    }

    private static Step numbered(Step step, int number) {
        return step instanceof Send(var bytes, var tokens)
                ? new Send(
                        new String(bytes, StandardCharsets.UTF_8)
                                .replaceFirst(":#,", ":" + number + ",")
                                .getBytes(StandardCharsets.UTF_8),
                        tokens)
                : step;
    }

    private static String message(String text, String status) {
        return """
        {"id":"msg_scripted","type":"message","status":"%s","role":"assistant","content":[%s]}\
        """
                .formatted(status, part(text));
    }

    private static String part(String text) {
        return "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":%s}"
                .formatted(Quoted.json(text));
    }

    private static String call(int number, String input, String status) {
        return """
        {"id":"fc_%d","type":"function_call","status":"%s","call_id":"call_%d","name":"%s",\
        "arguments":%s}\
        """
                .formatted(number, status, number, ToolScripts.NAME, Quoted.json(input));
    }

    private static String response(String status, String items, String usage) {
        return """
        {"id":"resp_scripted","object":"response","created_at":1760000000,"status":"%s",\
        "background":false,"error":null,"incomplete_details":null,"instructions":null,\
        "max_output_tokens":null,"model":"scripted","output":[%s],"parallel_tool_calls":true,\
        "previous_response_id":null,"reasoning":{"effort":null,"summary":null},"store":true,\
        "temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],\
        "top_p":1.0,"truncation":"disabled","usage":%s,"user":null,"metadata":{}}\
        """
                .formatted(status, items, usage);
    }

    private static String usage() {
        return """
        {"input_tokens":%d,"input_tokens_details":{"cached_tokens":%d},"output_tokens":%d,\
        "output_tokens_details":{"reasoning_tokens":%d},"total_tokens":%d}\
        """
                .formatted(
                        USAGE.prompt(),
                        USAGE.cached(),
                        USAGE.completion(),
                        USAGE.reasoning(),
                        USAGE.total());
    }
}
