package dev.turnpike.edge.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.demo.DemoModel.Answer;
import dev.turnpike.runtime.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What the demo model answers on routes other than chat. */
final class DemoRoutes {
    private static final int DIMENSIONS = 8;

    /** Inputs answered of one request. */
    private static final int INPUTS_MAX = 2_048;

    private DemoRoutes() {}

    /** A completion says the prompt back; never a stream. */
    static Answer completion(JsonNode request, String id) {
        var prompt = request.path("prompt");
        var text = prompt.isTextual() ? prompt.asText() : prompt.path(0).asText("");
        var words = DemoModel.words(text);
        var body =
                Json.object()
                        .put("id", "cmpl-" + id)
                        .put("object", "text_completion")
                        .put("created", 0)
                        .put("model", request.path("model").asText("demo"));
        body.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("text", "Demo: " + text)
                .putNull("logprobs")
                .put("finish_reason", "stop");
        body.putObject("usage")
                .put("prompt_tokens", words.size())
                .put("completion_tokens", words.size() + 1)
                .put("total_tokens", 2 * words.size() + 1);
        return Answer.json(200, Json.bytes(body));
    }

    /** Vectors that depend on the text only: the same text is always found again. */
    static Answer embeddings(JsonNode request) {
        var body = Json.object().put("object", "list");
        var data = body.putArray("data");
        var input = request.path("input");
        boolean many = input.isArray() && (input.path(0).isTextual() || input.path(0).isArray());
        long tokens = 0;
        int count = many ? Math.min(INPUTS_MAX, input.size()) : 1;
        for (int i = 0; i < count; i++) {
            var one = many ? input.get(i) : input;
            tokens += one.isArray() ? one.size() : DemoModel.words(one.asText("")).size();
            var vector = new Random(one.toString().hashCode());
            var item = data.addObject().put("object", "embedding").put("index", i);
            var numbers = item.putArray("embedding");
            for (int j = 0; j < DIMENSIONS; j++) {
                numbers.add(vector.nextInt(-1_000, 1_000) / 1_000f);
            }
        }
        body.put("model", request.path("model").asText("demo"));
        body.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return Answer.json(200, Json.bytes(body));
    }

    static Answer unknown() {
        var text =
                "{\"error\":{\"message\":\"the demo model does chat, completions and embeddings"
                        + " only\",\"type\":\"invalid_request_error\",\"param\":null,"
                        + "\"code\":null}}";
        return Answer.json(400, text.getBytes(StandardCharsets.UTF_8));
    }
}
