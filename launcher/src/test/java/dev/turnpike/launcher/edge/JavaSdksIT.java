package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.testkit.Eventually;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vendors' own clients for Java, each to a target of its own API and to one of the other. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaSdksIT {
    private static final String TEXT = "Hello from the scripted upstream";
    private static final String CLAUDE = "acme/good";
    private static final String OPEN = "acme/no-usage";
    private static final String CLAUDE_TOOLS = "acme/garbage";
    private static final String OPEN_TOOLS = "acme/reset";
    private static final String ENDLESS = "acme/endless";
    private static final String DOWN = "acme/reset-midstream";

    private EdgeRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        rig = new EdgeRig(directory, Map.of());
        rig.endpoint(OPEN, "good-one");
        rig.endpoint(OPEN_TOOLS, "tools");
        rig.endpoint(CLAUDE_TOOLS, List.of(target("tools")));
        rig.endpoint(ENDLESS, List.of(target("endless")));
        rig.endpoint(DOWN, List.of(target("error-529")));
        rig.endpoint(CLAUDE, List.of(target("claude")));
        Eventually.await(
                EdgeRig.PATIENCE,
                "the last endpoint",
                () -> {
                    anthropic().messages().create(ask(CLAUDE).build());
                    return rig.upstream
                            .ledger()
                            .requests()
                            .getLast()
                            .request()
                            .target()
                            .endsWith("/messages");
                });
    }

    private Target target(String model) {
        return new Target(
                Provider.ANTHROPIC,
                null,
                model,
                "http://127.0.0.1:" + rig.upstream.port(),
                null,
                null,
                0,
                1,
                new Timeouts(1_000, 2_000, 2_000, 60_000),
                Map.of());
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    private AnthropicClient anthropic() {
        return anthropic(rig.key.whole());
    }

    private AnthropicClient anthropic(String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + rig.edge.port())
                .apiKey(key)
                .build();
    }

    private OpenAIClient openAi() {
        return OpenAIOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + rig.edge.port() + "/v1")
                .apiKey(rig.key.whole())
                .build();
    }

    private static MessageCreateParams.Builder ask(String model) {
        return MessageCreateParams.builder().model(model).maxTokens(64).addUserMessage("Hello");
    }

    private static Tool weather() {
        return Tool.builder()
                .name("get_weather")
                .inputSchema(Tool.InputSchema.builder().build())
                .build();
    }

    private Message streamed(MessageCreateParams params) {
        var accumulator = MessageAccumulator.create();
        try (var events = anthropic().messages().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        return accumulator.message();
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAUDE, OPEN})
    void anthropicsClientReadsWholeAndStreamedMessages(String model) {
        var whole = anthropic().messages().create(ask(model).build());
        var streamed = streamed(ask(model).build());

        for (var message : List.of(whole, streamed)) {
            assertThat(message.content().getFirst().asText().text()).isEqualTo(TEXT);
            assertThat(message.stopReason()).contains(StopReason.END_TURN);
            assertThat(message.usage().outputTokens()).isEqualTo(5);
            assertThat(message.model().asString()).isEqualTo(model);
        }
        var settled = lastSettled();
        assertThat(settled.usage().outputTokens()).isEqualTo(5);
        assertThat(settled.usage().inputTokens())
                .isEqualTo(
                        streamed.usage().inputTokens()
                                + streamed.usage().cacheReadInputTokens().orElse(0L)
                                + streamed.usage().cacheCreationInputTokens().orElse(0L));
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAUDE_TOOLS, OPEN_TOOLS})
    void anthropicsClientCallsTools(String model) {
        for (var message :
                List.of(
                        anthropic().messages().create(ask(model).addTool(weather()).build()),
                        streamed(ask(model).addTool(weather()).build()))) {
            var use = message.content().getLast().asToolUse();
            assertThat(use.name()).isEqualTo("get_weather");
            assertThat(use._input().toString()).contains("Rome");
            assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
        }
    }

    @Test
    void anthropicsClientCountsTokens() {
        var params =
                MessageCountTokensParams.builder().model(CLAUDE).addUserMessage("Hello").build();

        assertThat(anthropic().messages().countTokens(params).inputTokens()).isEqualTo(13);
    }

    @Test
    void anthropicsClientKnowsAWrongKey() {
        var wrong = anthropic(rig.key.whole() + "x");

        assertThatThrownBy(() -> wrong.messages().create(ask(CLAUDE).build()))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class,
                        e -> assertThat(e.body().toString()).contains("authentication_error"));
    }

    @Test
    void anthropicsClientTriesThriceWhatMayPass() {
        int before = rig.upstream.ledger().requests().size();

        assertThatThrownBy(() -> anthropic().messages().create(ask(DOWN).build()))
                .isInstanceOf(InternalServerException.class);
        assertThat(rig.upstream.ledger().requests()).hasSize(before + 3);
    }

    @Test
    void aStreamThatIsLeftEndsAtTheProviderAndIsCharged() {
        try (var events = anthropic().messages().createStreaming(ask(ENDLESS).build())) {
            assertThat(events.stream().limit(8).count()).isEqualTo(8);
        }

        Eventually.await(
                EdgeRig.PATIENCE,
                "upstream cancelled",
                () -> rig.upstream.ledger().requests().getLast().played().isPresent());
        var settlement = lastSettled();
        assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(settlement.usage().inputTokens()).isEqualTo(13);
        assertThat(settlement.usage().outputTokens()).isPositive();
    }

    @Test
    void openAisClientReadsModelsOfAnthropic() {
        var params =
                ChatCompletionCreateParams.builder()
                        .model(CLAUDE)
                        .addUserMessage("Hello")
                        .streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();
        var accumulator = ChatCompletionAccumulator.create();
        try (var chunks = openAi().chat().completions().createStreaming(params)) {
            chunks.stream().forEach(accumulator::accumulate);
        }
        var whole =
                openAi().chat()
                        .completions()
                        .create(params.toBuilder().streamOptions(Optional.empty()).build());

        for (var completion : List.of(whole, accumulator.chatCompletion())) {
            assertThat(completion.choices().getFirst().message().content()).contains(TEXT);
            assertThat(completion.choices().getFirst().finishReason())
                    .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
            assertThat(completion.usage().orElseThrow().promptTokens()).isEqualTo(13);
        }
    }

    /** How the request that the upstream got last was settled. */
    private Settlement lastSettled() {
        var id = rig.upstream.ledger().requests().getLast().requestId().orElseThrow();
        return Eventually.await(
                        EdgeRig.PATIENCE,
                        "settled " + id,
                        () ->
                                rig.awaitTerminals(0).stream()
                                        .filter(fact -> fact instanceof Settled)
                                        .map(Settled.class::cast)
                                        .filter(f -> f.call().requestId().value().equals(id))
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow()
                .settlement();
    }
}
