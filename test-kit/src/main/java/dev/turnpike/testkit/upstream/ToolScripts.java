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
import org.jspecify.annotations.Nullable;

/** Tool calls of an OpenAI-compatible chat provider. */
public final class ToolScripts {
    private static final String NAME = "get_weather";
    private static final String ARGUMENTS = "{\"city\":\"Rome\"}";
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");

    private ToolScripts() {}

    /** Whether the last word of a request is the result of a tool, in either API. */
    static boolean answersTool(JsonNode body) {
        var messages = body.path("messages");
        var last = messages.path(messages.size() - 1);
        return last.path("role").asText().equals("tool")
                || last.path("content").toString().contains("\"tool_result\"");
    }

    /** A whole answer that calls a tool. */
    public static Script toolJson(Usage usage) {
        var body =
                """
                {"id":"chatcmpl-scripted","object":"chat.completion","created":1760000000,\
                "model":"scripted","choices":[{"index":0,"message":{"role":"assistant",\
                "content":null,"tool_calls":[{"id":"call_scripted","type":"function",\
                "function":{"name":"%s","arguments":%s}}]},"finish_reason":"tool_calls"}],\
                "usage":%s}\
                """
                        .formatted(NAME, Quoted.json(ARGUMENTS), usage.json());
        return Script.answer("tool-json", 200, JSON, body, usage.completion());
    }

    /**
     * A stream that calls a tool, its arguments in two pieces.
     *
     * @param usage in a chunk of its own; empty when nobody asked for it
     */
    public static Script toolStream(Optional<Usage> usage) {
        var steps = new ArrayList<Step>();
        steps.add(new Status(200, Map.of("content-type", "text/event-stream; charset=utf-8")));
        steps.add(chunk("{\"role\":\"assistant\",\"content\":null}", "null", 0));
        var start =
                """
                {"tool_calls":[{"index":0,"id":"call_scripted","type":"function",\
                "function":{"name":"%s","arguments":""}}]}\
                """
                        .formatted(NAME);
        steps.add(chunk(start, "null", 1));
        for (var piece : List.of(ARGUMENTS.substring(0, 8), ARGUMENTS.substring(8))) {
            var delta =
                    "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":%s}}]}"
                            .formatted(Quoted.json(piece));
            steps.add(chunk(delta, "null", 1));
        }
        steps.add(chunk("{}", "\"tool_calls\"", 0));
        usage.ifPresent(counts -> steps.add(new SendSse(head("[]", counts), 0)));
        steps.add(new SendSse("[DONE]", 0));
        steps.add(new End());
        return new Script("tool-stream", steps);
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
