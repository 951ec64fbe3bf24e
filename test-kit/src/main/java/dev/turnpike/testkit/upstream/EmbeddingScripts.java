package dev.turnpike.testkit.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Vectors of two dimensions, as an OpenAI-compatible provider sends them. */
final class EmbeddingScripts {
    /** Tokens counted for each text, whatever it is. */
    static final int TOKENS_PER_INPUT = 2;

    private static final Map<String, String> JSON = Map.of("content-type", "application/json");

    /** 0.5 and -0.25 as little-endian floats. */
    private static final String BASE64 = "\"AAAAPwAAgL4=\"";

    private EmbeddingScripts() {}

    static boolean asked(ReceivedRequest request) {
        return request.target().contains("/embeddings");
    }

    static Script choose(JsonNode body) {
        var input = body.path("input");
        int count = input.isArray() ? input.size() : 1;
        var vector =
                body.path("encoding_format").asText().equals("base64") ? BASE64 : "[0.5,-0.25]";
        var data =
                IntStream.range(0, count)
                        .mapToObj(i ->
                                "{\"object\":\"embedding\",\"index\":%d,\"embedding\":%s}"
                                        .formatted(i, vector))
                        .collect(Collectors.joining(","));
        int tokens = count * TOKENS_PER_INPUT;
        var answer =
                """
                {"object":"list","model":"scripted","data":[%s],\
                "usage":{"prompt_tokens":%d,"total_tokens":%d}}\
                """
                        .formatted(data, tokens, tokens);
        return Script.answer("embeddings", 200, JSON, answer);
    }
}
