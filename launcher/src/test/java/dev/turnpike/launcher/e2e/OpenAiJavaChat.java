package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonMissing;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import dev.turnpike.launcher.e2e.JavaRun.GetWeather;
import dev.turnpike.launcher.e2e.JavaRun.Trip;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** openai-java on chat completions: the counterpart of {@code e2e/openai-chat.mjs}. */
final class OpenAiJavaChat implements JavaTroubles.Client {
    private final JavaRun run;
    private final OpenAIClient client;
    private final JavaTroubles troubles;

    OpenAiJavaChat(JavaRun run) {
        this.run = run;
        this.client = WatchedOpenAi.client(run, own());
        this.troubles = new JavaTroubles(run, this);
    }

    private JavaTroubles.Setting own() {
        return new JavaTroubles.Setting(run.key());
    }

    Map<String, JavaRun.Step> steps() {
        var steps = new LinkedHashMap<String, JavaRun.Step>();
        steps.put("models", this::models);
        steps.put("plain", this::plain);
        steps.put("streamed", () -> summary(accumulated(ask("good").build())));
        steps.put("kept_alive", () -> summary(accumulated(ask("paused").build())));
        steps.put("tools", () -> tools(this::create));
        steps.put("streamed_tools", () -> tools(this::accumulated));
        steps.put("parallel_tools", () -> parallel(this::create));
        steps.put("streamed_parallel_tools", () -> parallel(this::accumulated));
        steps.put("structured", this::structured);
        steps.put("streamed_structured", this::streamedStructured);
        if (run.has("embedding")) {
            var floats = EmbeddingCreateParams.EncodingFormat.FLOAT;
            steps.put("embedded", () -> embedded(vectors().encodingFormat(floats).build()));
            steps.put("embedded_base64", () -> embedded(vectors().build()));
        }
        steps.put("bad_body", this::badBody);
        troubles.addTo(steps);
        steps.put("broken_stream", this::broken);
        steps.put("aborted", this::aborted);
        return steps;
    }

    private ChatCompletionCreateParams.Builder ask(String use) {
        return ChatCompletionCreateParams.builder()
                .model(run.model(use))
                .addUserMessage(run.prompt());
    }

    private static ChatCompletionStreamOptions withUsage() {
        return ChatCompletionStreamOptions.builder().includeUsage(true).build();
    }

    private JsonNode models() {
        return JavaRun.texts(client.models().list().data().stream().map(Model::id).toList());
    }

    private JsonNode plain() {
        var raw = client.chat().completions().withRawResponse();
        try (var answer = raw.create(ask("good").build())) {
            var completion = answer.parse();
            called(completion, run.model("good"), false);
            return summary(completion).put("request_id", answer.requestId().orElse(""));
        }
    }

    private ChatCompletion create(ChatCompletionCreateParams params) {
        var completion = client.chat().completions().create(params);
        called(completion, params.model().asString(), false);
        return completion;
    }

    private ChatCompletion accumulated(ChatCompletionCreateParams params) {
        var accumulator = ChatCompletionAccumulator.create();
        var streamed = params.toBuilder().streamOptions(withUsage()).build();
        try (var chunks = client.chat().completions().createStreaming(streamed)) {
            chunks.stream().forEach(accumulator::accumulate);
        }
        called(accumulator.chatCompletion(), params.model().asString(), true);
        return accumulator.chatCompletion();
    }

    private void called(ChatCompletion completion, String model, boolean stream) {
        var usage = completion.usage().orElseThrow();
        run.called(model, stream, "COMPLETED", usage.promptTokens(), usage.completionTokens());
    }

    private static ObjectNode summary(ChatCompletion completion) {
        var usage = completion.usage().orElseThrow();
        return JavaRun.summary(
                text(completion),
                completion.choices().getFirst().finishReason().asString(),
                completion.model(),
                usage.promptTokens(),
                usage.completionTokens());
    }

    private static String text(ChatCompletion completion) {
        return completion.choices().getFirst().message().content().orElse("");
    }

    private JsonNode tools(Function<ChatCompletionCreateParams, ChatCompletion> send) {
        var params = ask("tools").addTool(GetWeather.class).build();
        var first = send.apply(params);
        var message = first.choices().getFirst().message();
        var call = message.toolCalls().orElseThrow().getFirst().asFunction();
        var result =
                ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content("sunny")
                        .build();
        var second = send.apply(params.toBuilder().addMessage(message).addMessage(result).build());
        var seen = JavaRun.object();
        seen.put("finish", first.choices().getFirst().finishReason().asString());
        seen.put("name", call.function().name());
        seen.putObject("input").put("city", call.function().arguments(GetWeather.class).city);
        return seen.put("text", text(second));
    }

    private JsonNode parallel(Function<ChatCompletionCreateParams, ChatCompletion> send) {
        var message =
                send.apply(ask("parallel_tools").addTool(GetWeather.class).build())
                        .choices()
                        .getFirst()
                        .message();
        return JavaRun.texts(
                message.toolCalls().orElseThrow().stream()
                        .map(call -> call.asFunction().function().arguments(GetWeather.class).city)
                        .toList());
    }

    private JsonNode structured() {
        var params = ask("structured").responseFormat(Trip.class).build();
        var completion = client.chat().completions().create(params);
        called(completion.rawChatCompletion(), run.model("structured"), false);
        return JavaRun.trip(completion.choices().getFirst().message().content().orElseThrow());
    }

    private JsonNode streamedStructured() {
        var accumulator = ChatCompletionAccumulator.create();
        var params =
                ask("structured").streamOptions(withUsage()).responseFormat(Trip.class).build();
        try (var chunks = client.chat().completions().createStreaming(params)) {
            chunks.stream().forEach(accumulator::accumulate);
        }
        called(accumulator.chatCompletion(), run.model("structured"), true);
        return JavaRun.trip(
                accumulator
                        .chatCompletion(Trip.class)
                        .choices()
                        .getFirst()
                        .message()
                        .content()
                        .orElseThrow());
    }

    private EmbeddingCreateParams.Builder vectors() {
        return EmbeddingCreateParams.builder()
                .model(run.model("embedding"))
                .inputOfArrayOfStrings(List.of("one", "two"));
    }

    private JsonNode embedded(EmbeddingCreateParams params) {
        var answer = client.embeddings().create(params);
        var tokens = answer.usage().promptTokens();
        run.called(run.model("embedding"), false, "COMPLETED", tokens, 0);
        var seen = JavaRun.object();
        var vectors = seen.putArray("vectors");
        for (var each : answer.data()) {
            var vector = vectors.addArray();
            each.embedding().forEach(vector::add);
        }
        return seen.put("tokens", tokens);
    }

    @SuppressWarnings("unchecked") // Kotlin says that an absent field is of every type.
    private JsonNode badBody() {
        var params = ask("good").messages(JsonMissing.of()).build();
        return troubles.failing(() -> text(client.chat().completions().create(params)));
    }

    @Override
    public String ask(String model, JavaTroubles.Setting setting) {
        var asked = setting.equals(own()) ? client : WatchedOpenAi.client(run, setting);
        return text(asked.chat().completions().create(ask("good").model(model).build()));
    }

    @Override
    public Optional<ObjectNode> shown(RuntimeException failure) {
        return shownByOpenAi(failure);
    }

    /** What the exceptions of this client tell, on every route. */
    static Optional<ObjectNode> shownByOpenAi(RuntimeException failure) {
        if (failure instanceof OpenAIIoException) {
            return Optional.of(JavaRun.object()); // No answer came that could tell anything.
        }
        if (!(failure instanceof OpenAIServiceException told)) {
            return Optional.empty();
        }
        var headers = told.headers();
        return Optional.of(
                JavaRun.object()
                        .put("status", told.statusCode())
                        .put("code", told.code().orElse(null))
                        .put("type", told.type().orElse(null))
                        .put("param", told.param().orElse(null))
                        .put("request_id", String.join("", headers.values("x-request-id")))
                        .put("retry_after", String.join("", headers.values("retry-after")))
                        .put("retry_after_ms", String.join("", headers.values("retry-after-ms")))
                        .put("should_retry", String.join("", headers.values("x-should-retry"))));
    }

    private JsonNode broken() {
        var text = new StringBuilder();
        var seen =
                troubles.failing(() -> {
                    var params = ask("broken").build();
                    try (var chunks = client.chat().completions().createStreaming(params)) {
                        chunks.stream()
                                .flatMap(chunk -> chunk.choices().stream())
                                .flatMap(choice -> choice.delta().content().stream())
                                .forEach(text::append);
                    }
                    return text.toString();
                });
        run.called(run.model("broken"), true, "UPSTREAM_FAILED");
        return seen.put("text", text.toString());
    }

    private JsonNode aborted() {
        long texts;
        try (var chunks = client.chat().completions().createStreaming(ask("endless").build())) {
            texts =
                    chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .filter(choice -> !choice.delta().content().orElse("").isEmpty())
                            .limit(3)
                            .count();
        }
        run.called(run.model("endless"), true, "CLIENT_GONE");
        return JavaRun.object().put("texts", texts);
    }
}
