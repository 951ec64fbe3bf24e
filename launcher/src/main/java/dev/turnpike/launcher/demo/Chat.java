package dev.turnpike.launcher.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.demo.HttpApi.Answer;
import dev.turnpike.runtime.http.Json;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;

/** What the customer of the story does on the inference API, with one key. */
final class Chat {
    private static final String PATH = "/v1/chat/completions";
    private static final int OK = 200;
    private static final int PIECES_MIN = 2;

    private final HttpApi api;
    private final String model;

    Chat(HttpClient http, String gatewayUrl, String key, String model) {
        this.api = new HttpApi(http, gatewayUrl, key);
        this.model = model;
    }

    /**
     * An answer that came in pieces.
     *
     * @param requestId under which the ledger has it
     * @param usage OpenAI's usage object
     * @param pieces events that carried text
     */
    record Streamed(String requestId, String text, JsonNode usage, int pieces) {}

    /** Asks for an answer in one piece. */
    Answer ask(String prompt) {
        return api.post(PATH, body(prompt));
    }

    /**
     * Asks for an answer as a stream of events.
     *
     * @param onPiece receives each piece of text as it comes, on a thread of the HTTP client
     * @throws StoryException if the answer is no whole stream with usage
     */
    Streamed stream(String prompt, Consumer<String> onPiece) {
        var body = body(prompt).put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        var response =
                api.exchange(
                        api.postRequest(PATH, body),
                        BodyHandlers.fromLineSubscriber(
                                new EventStream(onPiece), EventStream::whole, null));
        var type = response.headers().firstValue("content-type").orElse("");
        if (response.statusCode() != OK || !type.startsWith("text/event-stream")) {
            throw new StoryException(
                    "the streamed call was answered %d as %s"
                            .formatted(response.statusCode(), type));
        }
        var read = response.body();
        var id = response.headers().firstValue("x-request-id");
        if (!read.done() || read.usage().isEmpty() || read.pieces() < PIECES_MIN || id.isEmpty()) {
            throw new StoryException(
                    "the stream is not whole: %d pieces, usage %s, [DONE] %s, x-request-id %s"
                            .formatted(read.pieces(), read.usage(), read.done(), id));
        }
        return new Streamed(id.get(), read.text(), read.usage().get(), read.pieces());
    }

    private ObjectNode body(String prompt) {
        var body = Json.object().put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        return body;
    }
}
