package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.StructuredResponse;
import dev.turnpike.launcher.e2e.JavaRun.GetWeather;
import dev.turnpike.launcher.e2e.JavaRun.Trip;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** openai-java on responses: the counterpart of {@code e2e/openai-responses.mjs}. */
final class OpenAiJavaResponses implements JavaTroubles.Client {
    private final JavaRun run;
    private final OpenAIClient client;

    OpenAiJavaResponses(JavaRun run) {
        this.run = run;
        this.client = WatchedOpenAi.client(run, own());
    }

    private JavaTroubles.Setting own() {
        return new JavaTroubles.Setting(run.key());
    }

    Map<String, JavaRun.Step> steps() {
        var steps = new LinkedHashMap<String, JavaRun.Step>();
        steps.put("plain", this::plain);
        steps.put("streamed", () -> summary(accumulated(ask("good").build())));
        steps.put("kept_alive", () -> summary(accumulated(ask("paused").build())));
        steps.put("tools", () -> tools(this::create));
        steps.put("streamed_tools", () -> tools(this::accumulated));
        steps.put("parallel_tools", () -> parallel(this::create));
        steps.put("streamed_parallel_tools", () -> parallel(this::accumulated));
        steps.put("structured", this::structured);
        steps.put("streamed_structured", this::streamedStructured);
        new JavaTroubles(run, this).addTo(steps);
        steps.put("broken_stream", this::broken);
        steps.put("aborted", this::aborted);
        return steps;
    }

    private ResponseCreateParams.Builder ask(String use) {
        return ResponseCreateParams.builder().model(run.model(use)).input(run.prompt());
    }

    private JsonNode plain() {
        try (var answer = client.responses().withRawResponse().create(ask("good").build())) {
            var response = answer.parse();
            called(response, "good", false);
            return summary(response).put("request_id", answer.requestId().orElse(""));
        }
    }

    private Response create(ResponseCreateParams params) {
        var response = client.responses().create(params);
        called(response, "", false);
        return response;
    }

    private Response accumulated(ResponseCreateParams params) {
        var accumulator = ResponseAccumulator.create();
        try (var events = client.responses().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        called(accumulator.response(), "", true);
        return accumulator.response();
    }

    private void called(Response response, String use, boolean stream) {
        var usage = response.usage().orElseThrow();
        var model = use.isEmpty() ? response.model().asString() : run.model(use);
        run.called(model, stream, "COMPLETED", usage.inputTokens(), usage.outputTokens());
    }

    private static ObjectNode summary(Response response) {
        var usage = response.usage().orElseThrow();
        return JavaRun.summary(
                text(response),
                response.status().orElseThrow().asString(),
                response.model().asString(),
                usage.inputTokens(),
                usage.outputTokens());
    }

    private static String text(Response response) {
        return response.output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .map(part -> part.asOutputText().text())
                .collect(Collectors.joining());
    }

    private static List<ResponseFunctionToolCall> calls(Response response) {
        return response.output().stream().flatMap(item -> item.functionCall().stream()).toList();
    }

    private JsonNode tools(Function<ResponseCreateParams, Response> send) {
        var params = ask("tools").addTool(GetWeather.class).build();
        var first = send.apply(params);
        var call = calls(first).getFirst();
        var question =
                EasyInputMessage.builder()
                        .role(EasyInputMessage.Role.USER)
                        .content(run.prompt())
                        .build();
        var result =
                ResponseInputItem.FunctionCallOutput.builder()
                        .callId(call.callId())
                        .output("sunny")
                        .build();
        var history =
                List.of(
                        ResponseInputItem.ofEasyInputMessage(question),
                        ResponseInputItem.ofFunctionCall(call),
                        ResponseInputItem.ofFunctionCallOutput(result));
        var second = send.apply(params.toBuilder().inputOfResponse(history).build());
        var seen = JavaRun.object();
        seen.put("finish", first.status().orElseThrow().asString());
        seen.put("name", call.name());
        seen.putObject("input").put("city", call.arguments(GetWeather.class).city);
        return seen.put("text", text(second));
    }

    private JsonNode parallel(Function<ResponseCreateParams, Response> send) {
        var response = send.apply(ask("parallel_tools").addTool(GetWeather.class).build());
        return JavaRun.texts(
                calls(response).stream()
                        .map(call -> call.arguments(GetWeather.class).city)
                        .toList());
    }

    private JsonNode structured() {
        var params = ask("structured").text(Trip.class).build();
        var response = client.responses().create(params);
        called(response.rawResponse(), "structured", false);
        return trip(response);
    }

    private JsonNode streamedStructured() {
        var accumulator = ResponseAccumulator.create();
        var params = ask("structured").text(Trip.class).build();
        try (var events = client.responses().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        called(accumulator.response(), "structured", true);
        return trip(accumulator.response(Trip.class));
    }

    private static JsonNode trip(StructuredResponse<Trip> response) {
        return JavaRun.trip(
                response.output().getFirst().asMessage().content().getFirst().asOutputText());
    }

    @Override
    public String ask(String model, JavaTroubles.Setting setting) {
        var asked = setting.equals(own()) ? client : WatchedOpenAi.client(run, setting);
        return text(asked.responses().create(ask("good").model(model).build()));
    }

    @Override
    public Optional<ObjectNode> shown(RuntimeException failure) {
        return OpenAiJavaChat.shownByOpenAi(failure);
    }

    /** This client throws nothing when a stream breaks: the error is an event like others. */
    private JsonNode broken() {
        var text = new StringBuilder();
        var errors = new ArrayList<String>();
        int before = run.requestsSent();
        try (var events = client.responses().createStreaming(ask("broken").build())) {
            events.stream()
                    .forEach(event -> {
                        event.outputTextDelta().ifPresent(delta -> text.append(delta.delta()));
                        event.error().ifPresent(error -> errors.add(error.message()));
                    });
        }
        run.called(run.model("broken"), true, "UPSTREAM_FAILED");
        return JavaRun.object()
                .put("error", String.join(", ", errors))
                .put("text", text.toString())
                .put("attempts", run.requestsSent() - before);
    }

    private JsonNode aborted() {
        long texts;
        try (var events = client.responses().createStreaming(ask("endless").build())) {
            texts =
                    events.stream()
                            .filter(event -> event.outputTextDelta().isPresent())
                            .limit(3)
                            .count();
        }
        run.called(run.model("endless"), true, "CLIENT_GONE");
        return JavaRun.object().put("texts", texts);
    }
}
