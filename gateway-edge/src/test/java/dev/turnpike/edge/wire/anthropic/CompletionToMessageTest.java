package dev.turnpike.edge.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.WholeAnswer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionToMessageTest {
    private static WholeAnswer read(String message, String finish, String usage)
            throws JsonFaultException {
        return CompletionToMessage.read(
                Said.json(
                        "{'id':'c','object':'chat.completion','model':'m','choices':[{'index':0,"
                                + "'message':"
                                + message
                                + ",'finish_reason':'"
                                + finish
                                + "'}]"
                                + usage
                                + "}"),
                Said.VIEW,
                OutputMeter.NONE,
                Said::estimate);
    }

    private static JsonNode told(WholeAnswer answer) {
        return Said.tree(ByteSlice.join(answer.body()));
    }

    @Test
    void aCompletionIsAMessageWithThePublicModel() throws JsonFaultException {
        var answer =
                read(
                        "{'role':'assistant','content':'Hello'}",
                        "stop",
                        ",'usage':{'prompt_tokens':20,'completion_tokens':5,'total_tokens':25,"
                                + "'prompt_tokens_details':{'cached_tokens':12}}");

        assertThat(told(answer).toString().replace('"', '\''))
                .isEqualTo(
                        "{'id':'msg_req_1','type':'message','role':'assistant',"
                                + "'model':'acme/chat','content':[{'type':'text',"
                                + "'text':'Hello'}],'stop_reason':'end_turn',"
                                + "'stop_sequence':null,'usage':{'input_tokens':8,"
                                + "'cache_creation_input_tokens':0,"
                                + "'cache_read_input_tokens':12,'output_tokens':5}}");
        assertThat(answer.usage()).contains(new RawUsage(20, 12, 0, 5, 0, false));
    }

    @ParameterizedTest
    @CsvSource({
        "stop,end_turn",
        "length,max_tokens",
        "tool_calls,tool_use",
        "content_filter,refusal",
        "abort,end_turn"
    })
    void everyFinishReasonHasAStopReason(String finish, String stop) throws JsonFaultException {
        assertThat(told(read("{'content':'x'}", finish, "")).path("stop_reason").asText())
                .isEqualTo(stop);
    }

    @Test
    void toolCallsAreToolUsesWhateverTheUpstreamSaysOfItsEnd() throws JsonFaultException {
        var message =
                told(
                        read(
                                "{'content':null,'reasoning_content':'hm','tool_calls':["
                                        + "{'id':'call:1','function':{'name':'f',"
                                        + "'arguments':'{\\'a\\':1.0}'}},{'id':'c2','function':"
                                        + "{'name':'g','arguments':''}}]}",
                                "stop",
                                ""));

        assertThat(message.at("/content/0/thinking").asText()).isEqualTo("hm");
        assertThat(message.at("/content/1/id").asText()).isEqualTo("call_1");
        assertThat(message.at("/content/1/input").toString()).isEqualTo("{\"a\":1.0}");
        assertThat(message.at("/content/2/input").isEmpty()).isTrue();
        assertThat(message.path("stop_reason").asText()).isEqualTo("tool_use");
    }

    @Test
    void argumentsThatAreNoJsonAreNotLost() throws JsonFaultException {
        var message =
                told(
                        read(
                                "{'tool_calls':[{'id':'c','function':{'name':'f',"
                                        + "'arguments':'{\\'a\\':'}}]}",
                                "length",
                                ""));

        assertThat(message.at("/content/0/input/arguments").asText()).isEqualTo("{\"a\":");
        assertThat(message.path("stop_reason").asText()).isEqualTo("max_tokens");
    }

    @Test
    void aRefusalIsSaidAndNamed() throws JsonFaultException {
        var message = told(read("{'content':null,'refusal':'no'}", "stop", ""));

        assertThat(message.at("/content/0/text").asText()).isEqualTo("no");
        assertThat(message.path("stop_reason").asText()).isEqualTo("refusal");
    }

    @Test
    void aCompletionWithoutUsageShowsTheEstimate() throws JsonFaultException {
        var answer = read("{'content':'x'}", "stop", "");

        assertThat(answer.usage()).isEmpty();
        assertThat(told(answer).at("/usage/input_tokens").asInt()).isEqualTo(100);
        assertThat(told(answer).at("/usage/output_tokens").asInt()).isEqualTo(50);
    }

    @Test
    void anAnswerWithoutChoicesIsAFailure() throws JsonFaultException {
        var answer =
                CompletionToMessage.read(
                        Said.json("{'object':'error','message':'x'}"),
                        Said.VIEW,
                        OutputMeter.NONE,
                        Said::estimate);

        assertThat(answer.failed()).isTrue();
    }
}
