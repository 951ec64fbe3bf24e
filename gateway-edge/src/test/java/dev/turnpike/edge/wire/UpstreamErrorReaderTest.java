package dev.turnpike.edge.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamErrorReaderTest {
    @ParameterizedTest
    @CsvSource({
        "400,400,invalid_request_error,",
        "413,413,invalid_request_error,request_too_large",
        "422,422,invalid_request_error,",
        "401,502,upstream_error,upstream_error",
        "402,502,upstream_error,upstream_error",
        "403,502,upstream_error,upstream_error",
        "404,502,upstream_error,upstream_error",
        "302,502,upstream_error,upstream_error",
        "429,429,rate_limit_error,upstream_rate_limited",
        "500,502,upstream_error,upstream_error",
        "503,502,upstream_error,upstream_error",
        "504,504,timeout_error,upstream_timeout"
    })
    void everyStatusHasItsAnswer(int status, int client, String type, String code) {
        var error = read(status, "{\"error\":{\"message\":\"secret sk-abcdefgh12345\"}}");

        assertThat(error.clientStatus()).isEqualTo(client);
        assertThat(error.body().type()).isEqualTo(type);
        assertThat(error.body().code()).isEqualTo(code);
        assertThat(error.body().message()).doesNotContain("sk-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"n is bad\",\"type\":\"t\",\"param\":\"n\",\"code\":400}}",
                "{\"object\":\"error\",\"message\":\"n is bad\",\"param\":\"n\",\"code\":400}",
                "{\"msg\":\"n is bad\",\"param\":\"n\"}",
                "{\"response\":{\"error\":{\"message\":\"n is bad\",\"param\":\"n\"}}}",
                "{\"error\":\"n is bad\",\"param\":\"n\"}"
            })
    void theProvidersWordsAreFoundInEveryShape(String json) {
        var body = read(400, json).body();

        assertThat(body.message()).isEqualTo("n is bad");
        assertThat(body.param()).isEqualTo("n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>nginx</html>", "oops", "{\"error\":", "[]", "{}"})
    void whatIsNoErrorObjectIsNotShown(String body) {
        assertThat(read(400, body).body().message())
                .isEqualTo("the provider did not accept the request");
    }

    @Test
    void whatBetraysTheProviderIsTakenOut() {
        var message =
                "OpenAI: model 'gpt-up-1' in org-AbC123xyz (see https://platform.openai.com/x)"
                        + " key=sk-proj-1234567890, request req_0123456789abcdef0123, Azure."
                        + " Contact help@vendor.com. messages[0].content is too long";

        var shown =
                read(400, "{\"error\":{\"message\":" + text(JsonText.quote(message)) + "}}")
                        .body()
                        .message();

        assertThat(shown)
                .contains("'acme/fast'", "messages[0].content is too long")
                .doesNotContainIgnoringCase("openai")
                .doesNotContainIgnoringCase("azure")
                .doesNotContain("gpt-up-1", "org-", "sk-", "req_", "http", "@");
    }

    @Test
    void anOverlongPromptGetsTheCodeThatToolsLookFor() {
        var error =
                read(
                        400,
                        "{\"error\":{\"message\":\"maximum context length is 10\",\"code\":400}}");

        assertThat(error.body().code()).isEqualTo("context_length_exceeded");
    }

    @Test
    void aRefusalOfStreamOptionsIsNoticed() {
        assertThat(
                        read(400, "{\"message\":\"unknown field stream_options\"}")
                                .blamesStreamOptions())
                .isTrue();
    }

    @Test
    void streamOptionsAreBlamedInWhateverShapeTheyAreNamed() {
        var detail =
                "{\"object\":\"error\",\"message\":{\"detail\":[{\"type\":\"extra_forbidden\","
                        + "\"loc\":[\"body\",\"stream_options\",\"include_usage\"]}]}}";

        assertThat(read(422, detail).blamesStreamOptions()).isTrue();
        assertThat(read(500, detail).blamesStreamOptions()).isFalse();
        assertThat(read(422, "{\"message\":\"no\"}").blamesStreamOptions()).isFalse();
    }

    @Test
    void theGenericFormHoldsNoneOfTheProvidersWords() {
        var error = read(400, "{\"message\":\"strange words\",\"param\":\"n\"}").generic();

        assertThat(text(error.body().toJson()))
                .isEqualTo(
                        "{\"error\":{\"message\":\"the provider did not accept the request\","
                                + "\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}");
    }

    private static UpstreamError read(int status, String body) {
        var bytes = body.getBytes(UTF_8);
        return UpstreamErrorReader.read(status, bytes, 0, bytes.length, "gpt-up-1", "acme/fast");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
