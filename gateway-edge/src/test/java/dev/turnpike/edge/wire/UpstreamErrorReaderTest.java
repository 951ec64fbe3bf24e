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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The user-provided schema is invalid for key-value pair",
                "user-authentication, key_value, KEY-VALUE and bearer-token are words"
            })
    void plainWordsStay(String message) {
        assertThat(read(400, "{\"message\":\"" + message + "\"}").body().message())
                .isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user-a1b2c3",
                "user-AbCdEfGh",
                "org-AbCdEfGh",
                "key-abcdefghijklmnop",
                "sk-abcdefgh",
                "req_011CSHoEe",
                "proj_XyZw",
                "bearer:abc123"
            })
    void whatMayBeASecretOrAnAccountIsTakenOut(String word) {
        assertThat(read(400, "{\"message\":\"not for " + word + " here\"}").body().message())
                .isEqualTo("not for [removed] here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'message':'maximum context length is 10','code':400}",
                "{'message':'prompt is too long: 207791 tokens > 200000 maximum'}",
                "{'message':'input length and `max_tokens` exceed context limit: 9 + 4 > 12, less'}",
                "{'message':'The input token count (2845) exceeds the maximum number of tokens"
                        + " allowed (1048).'}",
                "{'message':'Unable to submit request because the input token count is 12 but model"
                        + " only supports up to 8.'}",
                "{'message':'The decoder prompt (length 9) is longer than the maximum model length"
                        + " of 8.'}",
                "{'message':'The input (9 tokens) is longer than the model\\u0027s context length"
                        + " (8 tokens).'}",
                "{'message':'request (9 tokens) exceeds the available context size (8 tokens)'}",
                "{'message':'Prompt contains 9 tokens, too large for model with 8 maximum context"
                        + " length'}",
                "{'message':'Please reduce the length','code':'context_length_exceeded'}",
                "{'message':'too much','type':'exceed_context_size_error'}"
            })
    void anOverlongPromptGetsTheCodeThatToolsLookFor(String error) {
        var json = error.replace('\'', '"');

        assertThat(read(400, "{\"error\":" + json + "}").body().code())
                .isEqualTo("context_length_exceeded");
        assertThat(read(400, "[{\"error\":" + json + "}\n]").body().code())
                .isEqualTo("context_length_exceeded");
    }

    @Test
    void aMessageOfRepeatedWordsIsReadToo() {
        var words = "exceeds " + "maximum ".repeat(20_000);

        assertThat(read(400, "{\"message\":\"" + words + "\"}").body().code()).isNull();
        assertThat(
                        read(400, "{\"message\":\"exceeds the model's maximum context size\"}")
                                .body()
                                .code())
                .isEqualTo("context_length_exceeded");
    }

    @Test
    void whatAClientWroteOfContextsIsNoOverlongPrompt() {
        var quoted =
                "{\"message\":\"Invalid value: 'a context length of 8 and a context window'. The"
                        + " tokens allowed are low and high.\",\"code\":\"invalid_value\"}";

        assertThat(read(400, quoted).body().code()).isEqualTo("invalid_value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "STREAM_OPTIONS|{'message':'unknown field stream_options'}",
                "STREAM_OPTIONS|{'object':'error','message':{'detail':[{'type':'extra_forbidden',"
                        + "'loc':['body','stream_options','include_usage']}]}}",
                "REASONING_EFFORT|{'error':{'message':'`reasoning_effort` is not supported with'}}",
                "REASONING_EFFORT|{'error':'Model x does not support parameter reasoningEffort.'}",
                "REASONING_EFFORT|{'error':{'message':'x does not support thinking'}}",
                "TOP_K|{'error':{'message':'Unrecognized request argument supplied: top_k'}}",
                "USER|{'message':{'detail':[{'type':'extra_forbidden','loc':['body','user']}]}}",
                "PARALLEL_TOOL_CALLS|{'error':{'param':'parallel_tool_calls'}}"
            })
    void whatWeSaidOnOurOwnAccountIsBlamedInWhateverShapeItIsNamed(Dispensable what, String error) {
        var body = error.replace('\'', '"');

        assertThat(read(400, body).blamed())
                .contains(what)
                .hasSize(what == Dispensable.STREAM_OPTIONS ? 2 : 1); // The client's own, too.
        assertThat(read(422, body).generic().blamed()).isEqualTo(read(400, body).blamed());
        assertThat(read(500, body).blamed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "true|{'error':{'message':'Unrecognized request argument supplied: top_k',"
                        + "'type':'invalid_request_error'}}",
                "true|{'error':{'message':'Unsupported parameter: `reasoning_effort` is not"
                        + " supported with this model.','code':'unsupported_parameter'}}",
                "true|{'message':{'detail':[{'type':'extra_forbidden','loc':['body','user'],"
                        + "'msg':'Extra inputs are not permitted'}]}}",
                "true|{'detail':[{'loc':['body','top_k'],'msg':'extra fields not permitted',"
                        + "'type':'value_error.extra'}]}",
                "true|{'error':'got an unexpected keyword argument: top_k'}",
                "true|{'error':{'message':'x does not support thinking'}}",
                "false|{'error':{'message':'Unsupported value: `reasoning_effort` does not support"
                        + " `minimal` with this model.','code':'unsupported_value'}}",
                "false|{'error':{'message':'`reasoning_effort` must be one of `none`, `default`,"
                        + " others are not supported'}}",
                "false|{'error':{'message':'think value `high` is not supported'}}",
                "false|{'detail':[{'type':'literal_error','loc':['body','reasoning_effort'],"
                        + "'msg':'Input should be low or high'}]}",
                "false|{'error':{'message':'top_k is too large'}}",
                "false|{'error':{'message':'no good','param':'top_k'}}"
            })
    void aMemberThatIsNotKnownIsToldFromAValueThatIsWrong(boolean unknown, String error) {
        var refusal = read(400, error.replace('\'', '"'));

        assertThat(refusal.blamed()).isNotEmpty();
        assertThat(refusal.unknown()).isEqualTo(unknown);
        assertThat(refusal.generic().unknown()).isEqualTo(unknown);
    }

    @Test
    void aUserIsNotWhatIsCalledUser() {
        assertThat(read(400, "{\"message\":\"the user message is empty\"}").blamed()).isEmpty();
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
