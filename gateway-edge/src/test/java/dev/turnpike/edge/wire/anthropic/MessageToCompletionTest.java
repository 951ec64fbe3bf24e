package dev.turnpike.edge.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.WholeAnswer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageToCompletionTest {
    private static WholeAnswer read(String content, String more) throws JsonFaultException {
        return MessageToCompletion.read(
                Said.json(
                        "{'id':'msg_01','type':'message','role':'assistant','model':'claude-x',"
                                + "'content':["
                                + content
                                + "],"
                                + more
                                + "}"),
                Said.VIEW,
                OutputMeter.NONE);
    }

    private static JsonNode told(WholeAnswer answer) {
        return Said.tree(ByteSlice.join(answer.body()));
    }

    private static final String USAGE =
            "'usage':{'input_tokens':10,'cache_creation_input_tokens':3,"
                    + "'cache_read_input_tokens':4,'output_tokens':7}";

    @Test
    void aMessageIsACompletionWithThePublicModel() throws JsonFaultException {
        var answer =
                read(
                        "{'type':'text','text':'Hel'},{'type':'text','text':'lo'}",
                        "'stop_reason':'end_turn','stop_sequence':null," + USAGE);
        var completion = told(answer);

        assertThat(completion.path("id").asText()).isEqualTo("chatcmpl-req_1");
        assertThat(completion.path("object").asText()).isEqualTo("chat.completion");
        assertThat(completion.path("created").asLong()).isEqualTo(7);
        assertThat(completion.path("model").asText()).isEqualTo("acme/chat");
        assertThat(completion.at("/choices/0/message/content").asText()).isEqualTo("Hello");
        assertThat(completion.at("/choices/0/message/refusal").isNull()).isTrue();
        assertThat(completion.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.finishReason()).contains("stop");
    }

    @Test
    void cachedInputIsPartOfThePrompt() throws JsonFaultException {
        var answer = read("{'type':'text','text':'x'}", "'stop_reason':'end_turn'," + USAGE);

        assertThat(answer.usage()).contains(new RawUsage(17, 4, 3, 7, 0, false));
        var usage = told(answer).path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(17);
        assertThat(usage.path("total_tokens").asInt()).isEqualTo(24);
        assertThat(usage.at("/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(4);
        assertThat(usage.at("/prompt_tokens_details/cache_write_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void toolUsesAreToolCallsWithTheirInputAsText() throws JsonFaultException {
        var completion =
                told(
                        read(
                                "{'type':'tool_use','id':'toolu_1','name':'f',"
                                        + "'input':{'a': 1.0}},{'type':'tool_use','id':'toolu_2',"
                                        + "'name':'g','input':{}}",
                                "'stop_reason':'tool_use'"));

        var message = completion.at("/choices/0/message");
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.at("/tool_calls/0/id").asText()).isEqualTo("toolu_1");
        assertThat(message.at("/tool_calls/0/type").asText()).isEqualTo("function");
        assertThat(message.at("/tool_calls/0/function/arguments").asText())
                .isEqualTo("{\"a\": 1.0}");
        assertThat(message.at("/tool_calls/1/function/arguments").asText()).isEqualTo("{}");
        assertThat(completion.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(completion.has("usage")).isFalse();
    }

    @Test
    void thinkingIsReasoningAndCanBeSentBackSigned() throws JsonFaultException {
        var message =
                told(read(
                                "{'type':'thinking','thinking':'hm','signature':'sig'},"
                                        + "{'type':'redacted_thinking','data':'x'},"
                                        + "{'type':'text','text':'yes'}",
                                "'stop_reason':'end_turn'"))
                        .at("/choices/0/message");

        assertThat(message.path("reasoning_content").asText()).isEqualTo("hm");
        assertThat(message.at("/thinking_blocks/0/signature").asText()).isEqualTo("sig");
        assertThat(message.at("/thinking_blocks/1/data").asText()).isEqualTo("x");
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn,stop",
        "stop_sequence,stop",
        "max_tokens,length",
        "model_context_window_exceeded,length",
        "tool_use,tool_calls",
        "refusal,content_filter",
        "pause_turn,stop",
        "never_heard_of,stop"
    })
    void everyStopReasonHasAFinishReason(String stop, String finish) throws JsonFaultException {
        var answer = read("{'type':'text','text':'x'}", "'stop_reason':'" + stop + "'");

        assertThat(told(answer).at("/choices/0/finish_reason").asText()).isEqualTo(finish);
    }

    @Test
    void whatAModelSaysAgainstARequestIsItsRefusal() throws JsonFaultException {
        var message =
                told(read("{'type':'text','text':'I will not'}", "'stop_reason':'refusal'"))
                        .at("/choices/0/message");

        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.path("refusal").asText()).isEqualTo("I will not");
    }

    @Test
    void aReasonForARefusalLeavesTheTextWhereItIs() throws JsonFaultException {
        var message =
                told(read(
                                "{'type':'text','text':'So far'}",
                                "'stop_reason':'refusal','stop_details':"
                                        + "{'type':'refusal','explanation':'no'}"))
                        .at("/choices/0/message");

        assertThat(message.path("content").asText()).isEqualTo("So far");
        assertThat(message.path("refusal").asText()).isEqualTo("no");
    }

    @Test
    void anErrorWithTheStatusOfASuccessIsAFailure() throws JsonFaultException {
        var answer =
                MessageToCompletion.read(
                        Said.json("{'type':'error','error':{'type':'api_error','message':'x'}}"),
                        Said.VIEW,
                        OutputMeter.NONE);

        assertThat(answer.failed()).isTrue();
    }

    @Test
    void whatIsNoObjectIsNoMessage() {
        assertThatThrownBy(() ->
                        MessageToCompletion.read(Said.json("[1]"), Said.VIEW, OutputMeter.NONE))
                .isInstanceOf(JsonFaultException.class);
    }

    @Test
    void aMessageWithoutUsageIsCounted() throws JsonFaultException {
        var counted = new StringBuilder();
        MessageToCompletion.read(
                Said.json("{'content':[{'type':'text','text':'abc'}],'stop_reason':'end_turn'}"),
                Said.VIEW,
                (json, from, to) -> counted.append(new ByteSlice(json, from, to - from).utf8()));

        assertThat(counted.toString()).isEqualTo("abc");
    }
}
