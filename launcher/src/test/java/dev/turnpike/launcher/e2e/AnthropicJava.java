package dev.turnpike.launcher.e2e;

import com.anthropic.client.AnthropicClient;
import com.anthropic.core.JsonMissing;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.AnthropicIoException;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.models.ModelInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.e2e.JavaRun.Trip;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** anthropic-java: the counterpart of {@code e2e/anthropic.mjs}. */
final class AnthropicJava implements JavaTroubles.Client {
    private static final Tool WEATHER =
            Tool.builder()
                    .name("get_weather")
                    .inputSchema(
                            Tool.InputSchema.builder()
                                    .properties(
                                            Tool.InputSchema.Properties.builder()
                                                    .putAdditionalProperty(
                                                            "city",
                                                            JsonValue.from(
                                                                    Map.of("type", "string")))
                                                    .build())
                                    .required(List.of("city"))
                                    .build())
                    .build();

    private final JavaRun run;
    private final AnthropicClient client;
    private final JavaTroubles troubles;

    AnthropicJava(JavaRun run) {
        this.run = run;
        this.client = WatchedAnthropic.client(run, own());
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
        steps.put("counted", this::counted);
        steps.put("tools", () -> tools(this::create));
        steps.put("streamed_tools", () -> tools(this::accumulated));
        steps.put("parallel_tools", () -> parallel(this::create));
        steps.put("streamed_parallel_tools", () -> parallel(this::accumulated));
        steps.put("structured", this::structured);
        steps.put("streamed_structured", this::streamedStructured);
        steps.put("bad_body", this::badBody);
        troubles.addTo(steps);
        steps.put("broken_stream", this::broken);
        steps.put("aborted", this::aborted);
        return steps;
    }

    private MessageCreateParams.Builder ask(String use) {
        return MessageCreateParams.builder()
                .model(run.model(use))
                .maxTokens(64)
                .addUserMessage(run.prompt());
    }

    private JsonNode models() {
        var models = client.models().list().data().stream().map(ModelInfo::validate);
        return JavaRun.texts(models.map(ModelInfo::id).toList());
    }

    private JsonNode plain() {
        try (var answer = client.messages().withRawResponse().create(ask("good").build())) {
            var message = answer.parse();
            called(message, "good", false);
            return summary(message).put("request_id", answer.requestId().orElse(""));
        }
    }

    private Message create(MessageCreateParams params) {
        var message = client.messages().create(params);
        called(message, "", false);
        return message;
    }

    private Message accumulated(MessageCreateParams params) {
        var accumulator = MessageAccumulator.create();
        try (var events = client.messages().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        called(accumulator.message(), "", true);
        return accumulator.message();
    }

    private void called(Message message, String use, boolean stream) {
        var model = use.isEmpty() ? message.model().asString() : run.model(use);
        run.called(model, stream, "COMPLETED", input(message), message.usage().outputTokens());
    }

    private static long input(Message message) {
        var usage = message.usage();
        return usage.inputTokens()
                + usage.cacheReadInputTokens().orElse(0L)
                + usage.cacheCreationInputTokens().orElse(0L);
    }

    private static ObjectNode summary(Message message) {
        return JavaRun.summary(
                text(message),
                message.stopReason().orElseThrow().asString(),
                message.model().asString(),
                input(message),
                message.usage().outputTokens());
    }

    private static String text(Message message) {
        return message.content().stream()
                .flatMap(block -> block.text().stream())
                .map(block -> block.text())
                .collect(Collectors.joining());
    }

    private static List<ToolUseBlock> uses(Message message) {
        return message.content().stream().flatMap(block -> block.toolUse().stream()).toList();
    }

    private static String city(ToolUseBlock use) {
        return Objects.requireNonNull(use._input().convert(JsonNode.class)).path("city").asText();
    }

    private JsonNode counted() {
        var params =
                MessageCountTokensParams.builder()
                        .model(run.model("good"))
                        .addUserMessage(run.prompt())
                        .build();
        return IntNode.valueOf((int) client.messages().countTokens(params).inputTokens());
    }

    private JsonNode tools(Function<MessageCreateParams, Message> send) {
        var params = ask("tools").addTool(WEATHER).build();
        var first = send.apply(params);
        var use = uses(first).getFirst();
        var result = ToolResultBlockParam.builder().toolUseId(use.id()).content("sunny").build();
        var second =
                send.apply(
                        params.toBuilder()
                                .addMessage(first)
                                .addUserMessageOfContentBlockParams(
                                        List.of(ContentBlockParam.ofToolResult(result)))
                                .build());
        var seen = JavaRun.object();
        seen.put("finish", first.stopReason().orElseThrow().asString());
        seen.put("name", use.name());
        seen.putObject("input").put("city", city(use));
        return seen.put("text", text(second));
    }

    private JsonNode parallel(Function<MessageCreateParams, Message> send) {
        var message = send.apply(ask("parallel_tools").addTool(WEATHER).build());
        return JavaRun.texts(uses(message).stream().map(AnthropicJava::city).toList());
    }

    private JsonNode structured() {
        var message = client.messages().create(ask("structured").outputConfig(Trip.class).build());
        called(message.rawMessage(), "structured", false);
        return JavaRun.trip(message.content().getFirst().asText().text());
    }

    private JsonNode streamedStructured() {
        var accumulator = MessageAccumulator.create();
        var params = ask("structured").outputConfig(Trip.class).build();
        try (var events = client.messages().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        called(accumulator.message(), "structured", true);
        var message = accumulator.message(Trip.class);
        return JavaRun.trip(message.content().getFirst().asText().text());
    }

    @SuppressWarnings("unchecked") // Kotlin says that an absent field is of every type.
    private JsonNode badBody() {
        var params = ask("good").messages(JsonMissing.of()).build();
        return troubles.failing(() -> text(client.messages().create(params)));
    }

    @Override
    public String ask(String model, JavaTroubles.Setting setting) {
        var asked = setting.equals(own()) ? client : WatchedAnthropic.client(run, setting);
        return text(asked.messages().create(ask("good").model(model).build()));
    }

    @Override
    public Optional<ObjectNode> shown(RuntimeException failure) {
        if (failure instanceof AnthropicIoException) {
            return Optional.of(JavaRun.object()); // No answer came that could tell anything.
        }
        if (!(failure instanceof AnthropicServiceException told)) {
            return Optional.empty();
        }
        var headers = told.headers();
        return Optional.of(
                JavaRun.object()
                        .put("status", told.statusCode())
                        .put("type", told.type().map(type -> type.asString()).orElse(null))
                        .put("request_id", told.requestId().orElse(""))
                        .put("retry_after", String.join("", headers.values("retry-after")))
                        .put("retry_after_ms", String.join("", headers.values("retry-after-ms")))
                        .put("should_retry", String.join("", headers.values("x-should-retry"))));
    }

    private JsonNode broken() {
        var text = new StringBuilder();
        var seen =
                troubles.failing(() -> {
                    var params = ask("broken").build();
                    try (var events = client.messages().createStreaming(params)) {
                        events.stream()
                                .flatMap(event -> event.contentBlockDelta().stream())
                                .flatMap(delta -> delta.delta().text().stream())
                                .forEach(delta -> text.append(delta.text()));
                    }
                    return text.toString();
                });
        run.called(run.model("broken"), true, "UPSTREAM_FAILED");
        return seen.put("text", text.toString());
    }

    private JsonNode aborted() {
        long texts;
        try (var events = client.messages().createStreaming(ask("endless").build())) {
            texts =
                    events.stream()
                            .filter(event -> event.contentBlockDelta().isPresent())
                            .limit(3)
                            .count();
        }
        run.called(run.model("endless"), true, "CLIENT_GONE");
        return JavaRun.object().put("texts", texts);
    }
}
