package dev.turnpike.testkit.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.SendSse;
import dev.turnpike.testkit.http.Step.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Tool calls of an OpenAI-compatible chat provider. */
public final class ToolScripts {
    static final String NAME = "get_weather";
    private static final String ARGUMENTS = "{\"city\":\"Rome\"}";

    /** What a tool is asked. */
    static final List<String> ONE_INPUT = List.of(ARGUMENTS);

    /** What a tool is asked twice at once. */
    static final List<String> TWO_INPUTS = List.of(ARGUMENTS, "{\"city\":\"Oslo\"}");

    private static final Map<String, String> JSON = Map.of("content-type", "application/json");

    private ToolScripts() {}

    /** Whether the last word of a request is the result of a tool, in either API. */
    static boolean answersTool(JsonNode body) {
        var messages = body.path("messages");
        var last = messages.path(messages.size() - 1);
        return last.path("role").asText().equals("tool")
                || body.path("input").toString().contains("\"function_call_output\"")
                || last.path("content").toString().contains("\"tool_result\"");
    }

    /** A whole answer that calls one tool once or several times at once. */
    public static Script toolsJson(List<String> inputs, Usage usage) {
        var calls =
                IntStream.range(0, inputs.size())
                        .mapToObj(i ->
                                "{\"id\":\"call_%d\",%s}"
                                        .formatted(i, function(Quoted.json(inputs.get(i)))))
                        .collect(Collectors.joining(","));
        var body =
                """
                {"id":"chatcmpl-scripted","object":"chat.completion","created":1760000000,\
                "model":"scripted","choices":[{"index":0,"message":{"role":"assistant",\
                "content":null,"tool_calls":[%s]},"finish_reason":"tool_calls"}],"usage":%s}\
                """
                        .formatted(calls, usage.json());
        return Script.answer("tool-json", 200, JSON, body, usage.completion());
    }

    /**
     * A stream that calls one tool several times at once, each time's arguments in two pieces that
     * come in turns.
     *
     * @param usage in a chunk of its own; empty when nobody asked for it
     */
    public static Script toolsStream(List<String> inputs, Optional<Usage> usage) {
        var steps = new ArrayList<Step>();
        steps.add(new Status(200, Map.of("content-type", "text/event-stream; charset=utf-8")));
        steps.add(chunk("{\"role\":\"assistant\",\"content\":null}", "null", 0));
        for (int i = 0; i < inputs.size(); i++) {
            var start = "\"index\":%d,\"id\":\"call_%d\",%s".formatted(i, i, function("\"\""));
            steps.add(call(start));
        }
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < inputs.size(); i++) {
                var whole = inputs.get(i);
                int cut = whole.length() / 2;
                var piece = half == 0 ? whole.substring(0, cut) : whole.substring(cut);
                steps.add(
                        call(
                                "\"index\":%d,\"function\":{\"arguments\":%s}"
                                        .formatted(i, Quoted.json(piece))));
            }
        }
        steps.add(chunk("{}", "\"tool_calls\"", 0));
        usage.ifPresent(counts -> steps.add(new SendSse(head("[]", counts), 0)));
        steps.add(new SendSse("[DONE]", 0));
        steps.add(new End());
        return new Script("tool-stream", steps);
    }

    private static SendSse call(String members) {
        return chunk("{\"tool_calls\":[{%s}]}".formatted(members), "null", 1);
    }

    private static String function(String quotedArguments) {
        return "\"type\":\"function\",\"function\":{\"name\":\"%s\",\"arguments\":%s}"
                .formatted(NAME, quotedArguments);
    }

    private static SendSse chunk(String delta, String finish, int tokens) {
        var choices = "[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]".formatted(delta, finish);
        return new SendSse(head(choices, null), tokens);
    }

    private static String head(String choices, @Nullable Usage usage) {
        return """
        {"id":"chatcmpl-scripted","object":"chat.completion.chunk","created":1760000000,\
        "model":"scripted","choices":%s%s}\
        """
                .formatted(choices, usage == null ? "" : ",\"usage\":" + usage.json());
    }
}
