package dev.turnpike.edge.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.runtime.http.Json;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the demo model says: a fixed sentence and the last message back, one word per token,
 * labelled as a demo in the text and in {@code system_fingerprint}. Deterministic but for time and
 * id.
 */
public final class DemoModel {
    /** Words of the client's message that are said back at most. */
    static final int ECHO_WORDS_MAX = 40;

    private static final String FINGERPRINT = "demo";
    private static final String GREETING =
            "This is the built-in demo model, no provider was called. You said:";

    private final InstantSource clock;

    public DemoModel(InstantSource clock) {
        this.clock = clock;
    }

    /** The answer to a request, piece by piece, in OpenAI's wire format. */
    Answer answer(String path, List<ByteSlice> body, String id) {
        return switch (path) {
            case "/chat/completions" -> chat(Json.parse(ByteSlice.join(body)), id);
            case "/completions" -> DemoRoutes.completion(Json.parse(ByteSlice.join(body)), id);
            case "/embeddings" -> DemoRoutes.embeddings(Json.parse(ByteSlice.join(body)));
            default -> DemoRoutes.unknown();
        };
    }

    private Answer chat(JsonNode request, String id) {
        var prompt = words(prompt(request));
        long limit = request.path("max_completion_tokens").asLong(maxTokens(request));
        var all = new ArrayList<>(words(GREETING));
        all.addAll(prompt.subList(0, Math.min(prompt.size(), ECHO_WORDS_MAX)));
        var said = all.subList(0, (int) Math.min(all.size(), limit));
        var finish = said.size() < all.size() ? "length" : "stop";
        var usage = usage(prompt.size() + 3L, said.size());
        var frame = frame("chatcmpl-" + id, request.path("model").asText("demo"));
        return request.path("stream").asBoolean(false)
                ? new Answer(200, "text/event-stream", events(frame, said, finish, usage))
                : Answer.json(200, whole(frame, said, finish, usage));
    }

    /**
     * @param pieces sent one after the other
     */
    record Answer(int status, String contentType, List<byte[]> pieces) {
        static Answer json(int status, byte[] body) {
            return new Answer(status, "application/json", List.of(body));
        }
    }

    private static long maxTokens(JsonNode request) {
        return request.path("max_tokens").asLong(Long.MAX_VALUE);
    }

    private static String prompt(JsonNode request) {
        var messages = request.path("messages");
        var content = messages.path(messages.size() - 1).path("content");
        if (content.isTextual()) {
            return content.asText();
        }
        var text = new StringBuilder();
        for (var part : content) {
            text.append(part.path("text").asText("")).append(' ');
        }
        return text.toString();
    }

    static List<String> words(String text) {
        var words = new ArrayList<String>();
        for (var word : text.strip().split("\\s+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    private ObjectNode frame(String id, String model) {
        return Json.object()
                .put("id", id)
                .put("object", "chat.completion")
                .put("created", clock.instant().getEpochSecond())
                .put("model", model)
                .put("system_fingerprint", FINGERPRINT);
    }

    private static ObjectNode usage(long prompt, long completion) {
        return Json.object()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
    }

    private static byte[] whole(
            ObjectNode frame, List<String> said, String finish, ObjectNode usage) {
        var choice = frame.putArray("choices").addObject().put("index", 0);
        choice.putObject("message").put("role", "assistant").put("content", String.join(" ", said));
        choice.put("finish_reason", finish);
        frame.set("usage", usage);
        return Json.bytes(frame);
    }

    private static List<byte[]> events(
            ObjectNode frame, List<String> said, String finish, ObjectNode usage) {
        frame.put("object", "chat.completion.chunk");
        var events = new ArrayList<byte[]>();
        events.add(event(delta(frame, "role", "assistant", null)));
        for (int i = 0; i < said.size(); i++) {
            var word = i == 0 ? said.get(i) : " " + said.get(i);
            events.add(event(delta(frame, "content", word, null)));
        }
        events.add(event(delta(frame, null, "", finish)));
        var last = frame.deepCopy();
        last.putArray("choices");
        last.set("usage", usage);
        events.add(event(last));
        events.add("data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII));
        return events;
    }

    private static ObjectNode delta(
            ObjectNode frame, @Nullable String field, String value, @Nullable String finish) {
        var chunk = frame.deepCopy();
        var choice = chunk.putArray("choices").addObject().put("index", 0);
        var delta = choice.putObject("delta");
        if (field != null) {
            delta.put(field, value);
        }
        choice.put("finish_reason", finish);
        return chunk;
    }

    private static byte[] event(ObjectNode chunk) {
        return ("data: " + chunk + "\n\n").getBytes(StandardCharsets.UTF_8);
    }
}
