package dev.turnpike.launcher.all;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import dev.turnpike.launcher.up.AllInOne;
import dev.turnpike.runtime.config.SettingsSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client for Java, with nothing changed but base URL and key. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiJavaIT {
    private static final String SLUG = "acme/hello";

    private AllInOne all;
    private Operator operator;
    private String key;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        all =
                AllInOne.start(
                        SettingsSource.of(
                                Map.of(
                                        "data-directory", directory.resolve("data").toString(),
                                        "edge.port", "0",
                                        "control.port", "0",
                                        "kafka.port", "0")));
        operator =
                new Operator(
                        all.controlUrl(), all.gatewayUrl(), all.ownerKey().orElseThrow().reveal());
        operator.publish(SLUG);
        key = operator.signUp("acme", SLUG, 1_000);
    }

    @AfterAll
    void stop() {
        operator.close();
        all.close();
    }

    @Test
    void aPlainCompletionHasTextAndUsage() {
        var completion = client(key).chat().completions().create(ask(SLUG).build());
        var choice = completion.choices().getFirst();
        assertThat(choice.message().content().orElseThrow()).contains("Tell me a joke");
        assertThat(choice.finishReason().toString()).isEqualTo("stop");
        assertThat(completion.model()).isEqualTo(SLUG);
        assertThat(completion.usage().orElseThrow().completionTokens()).isPositive();
    }

    @Test
    void aStreamedCompletionComesInPiecesWithoutUsage() {
        var chunks = stream(ask(SLUG).build());
        var text = text(chunks);
        assertThat(text).contains("Tell me a joke");
        assertThat(chunks).hasSizeGreaterThan(3).allMatch(chunk -> chunk.usage().isEmpty());
    }

    @Test
    void aStreamedCompletionEndsWithUsageWhenAskedFor() {
        var options = ChatCompletionStreamOptions.builder().includeUsage(true).build();
        var chunks = stream(ask(SLUG).streamOptions(options).build());
        assertThat(text(chunks)).contains("Tell me a joke");
        assertThat(chunks.getLast().usage().orElseThrow().totalTokens()).isPositive();
    }

    @Test
    void theModelsOfTheKeyAreListed() {
        var models = client(key).models().list().data();
        assertThat(models).extracting(com.openai.models.models.Model::id).containsExactly(SLUG);
    }

    @Test
    void aWrongKeyIsUnauthorized() {
        var wrong = client(key.substring(0, key.length() - 1) + (key.endsWith("0") ? "1" : "0"));
        assertThatThrownBy(() -> wrong.chat().completions().create(ask(SLUG).build()))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class,
                        e -> assertThat(e.code()).contains("invalid_api_key"));
    }

    @Test
    void aModelThatIsNotTheKeysIsNotFound() {
        assertThatThrownBy(() -> client(key).chat().completions().create(ask("acme/other").build()))
                .isInstanceOfSatisfying(
                        NotFoundException.class,
                        e -> assertThat(e.code()).contains("model_not_found"));
    }

    @Test
    void aBrokenLimitIsARateLimit() {
        var limited = client(operator.signUp("once", SLUG, 1));
        limited.chat().completions().create(ask(SLUG).build());
        assertThatThrownBy(() -> limited.chat().completions().create(ask(SLUG).build()))
                .isInstanceOfSatisfying(
                        RateLimitException.class,
                        e -> {
                            assertThat(e.code()).contains("rate_limit_exceeded");
                            assertThat(e.headers().values("retry-after")).hasSize(1);
                        });
    }

    private OpenAIClient client(String apiKey) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(all.gatewayUrl() + "/v1")
                .apiKey(apiKey)
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder ask(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("Tell me a joke");
    }

    private List<ChatCompletionChunk> stream(ChatCompletionCreateParams params) {
        try (var response = client(key).chat().completions().createStreaming(params)) {
            return response.stream().toList();
        }
    }

    private static String text(List<ChatCompletionChunk> chunks) {
        var text = new StringBuilder();
        for (var chunk : chunks) {
            for (var choice : chunk.choices()) {
                text.append(choice.delta().content().orElse(""));
            }
        }
        return text.toString();
    }
}
