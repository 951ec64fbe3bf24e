package dev.turnpike.edge.wire.anthropic;

import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.HELLO;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.START;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.STOP;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.blockStop;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.end;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.input;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.text;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.textStart;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.toolStart;
import static dev.turnpike.edge.wire.anthropic.Said.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers of Anthropic's models as responses, read by OpenAI's own model of them. */
class MessageToResponseTest {
    private static final String THINKING =
            event(
                            "content_block_start",
                            "'index':0,'content_block':{'type':'thinking','thinking':'',"
                                    + "'signature':''}")
                    + event(
                            "content_block_delta",
                            "'index':0,'delta':{'type':'thinking_delta','thinking':'hm'}")
                    + event(
                            "content_block_delta",
                            "'index':0,'delta':{'type':'signature_delta','signature':'c2ln'}")
                    + blockStop(0);

    private static final String TOOLS =
            START
                    + THINKING
                    + textStart(1)
                    + text(1, "I look")
                    + blockStop(1)
                    + toolStart(2, "toolu_1", "f")
                    + input(2, "{\\'a\\':")
                    + input(2, "1}")
                    + blockStop(2)
                    + toolStart(3, "toolu_2", "g")
                    + blockStop(3)
                    + end("tool_use", 9)
                    + STOP;

    private static final String PATCH =
            START
                    + toolStart(0, "toolu_1", "apply_patch")
                    + input(0, "{\\'inp")
                    + input(0, "ut\\':\\'*** Begin\\\\n+")
                    + input(0, "\\\\u00e9\\'}")
                    + blockStop(0)
                    + end("tool_use", 9)
                    + STOP;

    private static final String ASKED =
            """
            'model':'acme/chat','include':['reasoning.encrypted_content'],'instructions':'be kind',
            'temperature':0.50,'max_output_tokens':77,'metadata':{'team':'x'},'user':'u1',
            'parallel_tool_calls':false,'reasoning':{'effort':'low'},
            'tool_choice':{'type':'function','name':'f'},'tools':[{'type':'function','name':'f'},
            {'type':'web_search'},{'type':'custom','name':'apply_patch','format':{'type':'text'}}],
            'text':{'format':{'type':'json_schema','name':'n','schema':{'type':'object'}},
            'verbosity':'low'}\
            """;

    private static ResponseRequest asked(String members) {
        var body = Said.json("{" + members + "}");
        return ResponseRequest.of(body, 0, body.length);
    }

    private static Said.Seen seen(String stream, int size) throws IOException {
        return seen(stream, size, asked(ASKED));
    }

    private static Said.Seen seen(String stream, int size, ResponseRequest asked)
            throws IOException {
        var relay =
                new MessageStreamToResponse(
                        Said.VIEW, asked, OutputMeter.NONE, Said::estimate, () -> 0);
        return Said.relayed(relay, stream, size);
    }

    private static ResponseStreamEvent read(JsonNode data) throws IOException {
        return com.openai.core.ObjectMappers.jsonMapper()
                .readValue(data.toString(), ResponseStreamEvent.class)
                .validate();
    }

    private static Response last(Said.Seen seen) throws IOException {
        Response response = null;
        for (var data : seen.data()) {
            var event = read(data);
            if (event.isCompleted()) {
                response = event.asCompleted().response();
            } else if (event.isIncomplete()) {
                response = event.asIncomplete().response();
            }
        }
        assertThat(response).isNotNull();
        return response;
    }

    private static Response whole(String json) throws IOException, JsonFaultException {
        var answer =
                MessageToResponse.read(Said.json(json), Said.VIEW, asked(ASKED), OutputMeter.NONE);
        return com.openai.core.ObjectMappers.jsonMapper()
                .readValue(ByteSlice.join(answer.body()), Response.class)
                .validate();
    }

    @Test
    void theEventsComeInTheOrderThatClientsKnow() throws IOException {
        var seen = seen(HELLO, 64);

        assertThat(seen.names())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        for (int i = 0; i < seen.data().size(); i++) {
            var data = seen.data().get(i);
            assertThat(data.path("sequence_number").asInt()).isEqualTo(i);
            assertThat(data.path("type").asText()).isEqualTo(seen.names().get(i));
        }
    }

    @Test
    void aStreamIsTheSameHoweverItIsCut() throws IOException {
        for (int size : new int[] {1, 7, 4_096}) {
            assertThat(seen(TOOLS, size).text()).isEqualTo(seen(TOOLS, 64).text());
        }
    }

    @Test
    void theLastEventHoldsTheWholeAnswerAndItsUsage() throws IOException {
        var response = last(seen(HELLO, 64));

        assertThat(response.status()).contains(ResponseStatus.COMPLETED);
        assertThat(response._model().toString()).contains("acme/chat");
        var message = response.output().getFirst().asMessage();
        assertThat(message.content().getFirst().asOutputText().text()).isEqualTo("Hello");
        var usage = response.usage().orElseThrow();
        assertThat(usage.inputTokens()).isEqualTo(30);
        assertThat(usage.inputTokensDetails().cachedTokens()).isEqualTo(3);
        assertThat(usage.outputTokens()).isEqualTo(15);
        assertThat(usage.totalTokens()).isEqualTo(45);
    }

    @Test
    void thinkingTextAndToolsAreItemsInTheirOrder() throws IOException {
        var output = last(seen(TOOLS, 64)).output();

        assertThat(output).hasSize(4);
        assertThat(output.get(0).asReasoning().summary().getFirst().text()).isEqualTo("hm");
        assertThat(output.get(1).asMessage().content()).hasSize(1);
        assertThat(output.get(2).asFunctionCall().callId()).isEqualTo("toolu_1");
        assertThat(output.get(2).asFunctionCall().arguments()).isEqualTo("{\"a\":1}");
        assertThat(output.get(3).asFunctionCall().name()).isEqualTo("g");
        assertThat(output.get(3).asFunctionCall().arguments()).isEqualTo("{}");
    }

    @Test
    void reasoningComesBackToTheModelAsItWasSigned() throws Exception {
        var encrypted =
                last(seen(TOOLS, 64))
                        .output()
                        .getFirst()
                        .asReasoning()
                        .encryptedContent()
                        .orElseThrow();
        var input =
                Said.json(
                        """
                        {'model':'m','input':[{'role':'user','content':'x'},{'type':'reasoning',
                        'encrypted_content':'%s'},{'type':'function_call','call_id':'toolu_1',
                        'name':'f','arguments':'{}'},{'type':'function_call_output',
                        'call_id':'toolu_1','output':'1'}]}\
                        """
                                .formatted(encrypted));
        var chat = ResponsesToChat.translate(input, 0, input.length).body();
        var messages = Said.toMessages(chat.utf8());

        assertThat(messages.at("/messages/1/content/0").toString())
                .isEqualTo("{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"c2ln\"}");
    }

    @Test
    void everyEventIsOneThatOpenAisModelTakes() throws IOException {
        for (var data : seen(TOOLS, 64).data()) {
            assertThat(read(data).isValid()).as("%s", data).isTrue();
        }
    }

    @Test
    void anAnswerCutAtItsBoundIsIncomplete() throws IOException {
        var stream = START + textStart(0) + text(0, "Hel") + blockStop(0) + end("max_tokens", 1);
        var seen = seen(stream + STOP, 64);

        assertThat(seen.names()).last().isEqualTo("response.incomplete");
        assertThat(last(seen).incompleteDetails().orElseThrow().reason().orElseThrow().toString())
                .isEqualTo("max_output_tokens");
        assertThat(seen.end().finishReason()).contains("incomplete");
    }

    @Test
    void aStreamThatEndsTooEarlyEndsInTheRoutesOwnError() throws IOException {
        var seen = seen(START + textStart(0) + text(0, "Hel"), 64);

        assertThat(seen.names()).last().isEqualTo("error");
        assertThat(seen.end().whole()).isFalse();
        var error = seen.data().getLast();
        assertThat(error.path("message").isTextual()).isTrue();
        assertThat(error.has("error")).isFalse();
    }

    @Test
    void anAbortEndsWithItsError() {
        var relay =
                new MessageStreamToResponse(
                        Said.VIEW, asked(""), OutputMeter.NONE, Said::estimate, () -> 0);
        var seen = Said.aborted(relay, new ErrorBody("late", "timeout_error", null, "late", null));

        assertThat(seen.names()).isEqualTo(List.of("error"));
        assertThat(seen.data().getFirst().path("code").asText()).isEqualTo("late");
    }

    @Test
    void aWholeMessageIsAResponseOfTheSameItems() throws IOException, JsonFaultException {
        var response =
                whole(
                        """
                        {'id':'m','type':'message','role':'assistant','model':'claude-x','content':[
                        {'type':'thinking','thinking':'hm','signature':'c2ln'},
                        {'type':'text','text':'I look'},
                        {'type':'tool_use','id':'toolu_1','name':'f','input':{'a':'x'}}],
                        'stop_reason':'tool_use','usage':{'input_tokens':25,'output_tokens':9}}\
                        """);

        assertThat(response.status()).contains(ResponseStatus.COMPLETED);
        assertThat(response.output().get(0).asReasoning().encryptedContent()).isPresent();
        assertThat(response.output().get(1).asMessage().content().getFirst().asOutputText().text())
                .isEqualTo("I look");
        assertThat(response.output().get(2).asFunctionCall().arguments())
                .isEqualTo("{\"a\":\"x\"}");
        assertThat(response.usage().orElseThrow().outputTokens()).isEqualTo(9);
    }

    @Test
    void aResponseRepeatsWhatWasAskedFor() throws IOException {
        for (var data : seen(HELLO, 64).data()) {
            read(data);
        }
        var seen = seen(HELLO, 64).data();
        for (var response :
                List.of(seen.getFirst().path("response"), seen.getLast().path("response"))) {
            assertThat(response.path("instructions").asText()).isEqualTo("be kind");
            assertThat(response.path("temperature").asDouble()).isEqualTo(0.5);
            assertThat(response.path("max_output_tokens").asInt()).isEqualTo(77);
            assertThat(response.at("/metadata/team").asText()).isEqualTo("x");
            assertThat(response.path("user").asText()).isEqualTo("u1");
            assertThat(response.path("parallel_tool_calls").asBoolean(true)).isFalse();
            assertThat(response.at("/reasoning/effort").asText()).isEqualTo("low");
            assertThat(response.at("/tool_choice/name").asText()).isEqualTo("f");
            assertThat(response.at("/tools/0/name").asText()).isEqualTo("f");
            assertThat(response.at("/tools/1/name").asText()).isEqualTo("apply_patch");
            assertThat(response.path("tools")).hasSize(2); // The model has no other.
            assertThat(response.at("/text/format/name").asText()).isEqualTo("n");
            assertThat(response.at("/text/verbosity").asText()).isEqualTo("low");
        }
    }

    @Test
    void aRequestOnManyLinesIsRepeatedOnOne() throws IOException {
        var wide = asked(ASKED.replace("{", "{\r\n\t").replace("[", "[\n "));

        var seen = seen(HELLO, 64, wide);

        assertThat(seen.text().lines())
                .allMatch(line -> line.matches("((event|data): .*|: keep-alive)?"));
        assertThat(seen.data()).isEqualTo(seen(HELLO, 64).data());
    }

    @Test
    void aResponseToABareRequestSaysWhatHoldsForIt() throws IOException, JsonFaultException {
        var body =
                Said.json(
                        "{'type':'message','role':'assistant','content':[],"
                                + "'stop_reason':'end_turn'}");
        var answer = MessageToResponse.read(body, Said.VIEW, asked(""), OutputMeter.NONE);
        var response = Said.tree(ByteSlice.join(answer.body()));

        assertThat(response.path("instructions").isNull()).isTrue();
        assertThat(response.path("parallel_tool_calls").asBoolean()).isTrue();
        assertThat(response.path("tool_choice").asText()).isEqualTo("auto");
        assertThat(response.path("tools")).isEmpty();
        assertThat(response.at("/text/format/type").asText()).isEqualTo("text");
        assertThat(response.path("metadata").isObject()).isTrue();
    }

    @Test
    void aCallOfAToolThatTakesATextGivesItsText() throws IOException {
        var seen = seen(PATCH, 64);

        assertThat(seen.names())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.custom_tool_call_input.delta",
                        "response.custom_tool_call_input.done",
                        "response.output_item.done",
                        "response.completed");
        for (var data : seen.data()) {
            assertThat(read(data).isValid()).as("%s", data).isTrue();
        }
        assertThat(seen.joined("/delta")).isEqualTo("*** Begin\n+\u00e9");
        var call = last(seen).output().getFirst().asCustomToolCall();
        assertThat(call.name()).isEqualTo("apply_patch");
        assertThat(call.callId()).isEqualTo("toolu_1");
        assertThat(call.input()).isEqualTo("*** Begin\n+\u00e9");
    }

    @Test
    void suchACallInAWholeMessageGivesItsTextToo() throws IOException, JsonFaultException {
        var output =
                whole(
                                """
                                {'type':'message','role':'assistant','content':[
                                {'type':'tool_use','id':'a','name':'apply_patch',
                                'input':{'input':'x\\ny'}},
                                {'type':'tool_use','id':'b','name':'apply_patch',
                                'input':{'patch':1}}],
                                'stop_reason':'tool_use','usage':{'input_tokens':2,'output_tokens':9}}\
                                """)
                        .output();

        assertThat(output.get(0).asCustomToolCall().input()).isEqualTo("x\ny");
        assertThat(output.get(1).asCustomToolCall().input()).isEqualTo("{\"patch\":1}");
    }

    @Test
    void anErrorWithTheStatusOfASuccessIsAFailure() throws JsonFaultException {
        var body = Said.json("{'type':'error','error':{'type':'overloaded_error'}}");

        assertThat(MessageToResponse.read(body, Said.VIEW, asked(""), OutputMeter.NONE).failed())
                .isTrue();
    }
}
