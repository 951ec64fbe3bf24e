package dev.turnpike.edge.wire.anthropic;

import static dev.turnpike.edge.wire.anthropic.Said.toMessages;
import static dev.turnpike.edge.wire.anthropic.Said.translation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.wire.BodyFaultException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatToMessagesTest {
    private static final String HELLO = "'messages':[{'role':'user','content':'hello'}]";

    private static JsonNode with(String members) throws BodyFaultException {
        return toMessages("{'model':'acme/chat'," + HELLO + "," + members + "}");
    }

    private static JsonNode messages(String messages) throws BodyFaultException {
        return toMessages("{'model':'m','messages':[" + messages + "]}");
    }

    private static String same(JsonNode node) {
        return node.toString().replace('"', '\'');
    }

    @Test
    void theTargetsModelReplacesThePublicOne() throws BodyFaultException {
        assertThat(with("'stream':true").path("model").asText()).isEqualTo("claude-sonnet-4-5");
    }

    @Test
    void systemMessagesStandApartInTheirOrder() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'system','content':'be kind'},{'role':'user','content':'hi'},
                        {'role':'developer','content':[{'type':'text','text':'be brief'}]}\
                        """);

        assertThat(same(said.path("system")))
                .isEqualTo("[{'type':'text','text':'be kind'},{'type':'text','text':'be brief'}]");
        assertThat(said.path("messages")).hasSize(1);
    }

    @Test
    void emptyTextsAreLeftOut() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':[{'type':'text','text':''},
                        {'type':'text','text':'hi'}]},{'role':'assistant','content':''}\
                        """);

        assertThat(same(said.path("messages")))
                .isEqualTo("[{'role':'user','content':[{'type':'text','text':'hi'}]}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\\n", "\\t \\r\\n", "\\u0020", "\u3000"})
    void textsOfNothingButSpaceAreLeftOut(String space) throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'system','content':'%1$s'},
                        {'role':'user','content':[{'type':'text','text':'%1$s'},
                        {'type':'text','text':'%1$shi%1$s'}]},{'role':'assistant','content':'%1$s',
                        'tool_calls':[{'id':'a','type':'function','function':{'name':'f'}}]},
                        {'role':'tool','tool_call_id':'a','content':[{'type':'text','text':'%1$s'},
                        {'type':'text','text':'found'}]},
                        {'role':'tool','tool_call_id':'b','content':'%1$s'}\
                        """
                                .formatted(space));

        assertThat(said.has("system")).isFalse();
        assertThat(said.at("/messages/0/content")).hasSize(1);
        assertThat(said.at("/messages/0/content/0/text").asText().strip()).isEqualTo("hi");
        assertThat(said.at("/messages/1/content")).hasSize(1);
        assertThat(said.at("/messages/1/content/0/type").asText()).isEqualTo("tool_use");
        assertThat(same(said.at("/messages/2/content")))
                .isEqualTo(
                        "[{'type':'tool_result','tool_use_id':'a','content':[{'type':'text',"
                                + "'text':'found'}]},{'type':'tool_result','tool_use_id':'b'}]");
    }

    @Test
    void imagesGivenInPlaceBecomeBase64Sources() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':[{'type':'image_url','image_url':
                        {'url':'data:image/PNG;base64,iVBO\\/w==','detail':'high'}}]}\
                        """);

        assertThat(same(said.at("/messages/0/content/0")))
                .isEqualTo(
                        "{'type':'image','source':{'type':'base64','media_type':'image/png',"
                                + "'data':'iVBO/w=='}}");
    }

    @Test
    void pdfsBecomeDocuments() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':[
                        {'type':'image_url','image_url':{'url':'data:application/pdf;base64,JVBE'}},
                        {'type':'file','file':{'filename':'a.pdf',
                        'file_data':'data:application/pdf;base64,JVBE'}}]}\
                        """);

        for (int i = 0; i < 2; i++) {
            assertThat(same(said.at("/messages/0/content/" + i)))
                    .isEqualTo(
                            "{'type':'document','source':{'type':'base64',"
                                    + "'media_type':'application/pdf','data':'JVBE'}}");
        }
    }

    @Test
    void imagesElsewhereAreLeftForTheProviderToFetch() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':[{'type':'image_url',
                        'image_url':{'url':'https://example.com/a.png'}}]}\
                        """);

        assertThat(same(said.at("/messages/0/content/0/source")))
                .isEqualTo("{'type':'url','url':'https://example.com/a.png'}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'input_audio','input_audio':{'data':'x'}}|messages[0].content[0]",
                "{'type':'file','file':{'file_id':'file-1'}}|messages[0].content[0]",
                "{'type':'image_url','image_url':{'url':'data:image/tiff;base64,AA'}}|"
                        + "messages[0].content[0].image_url.url",
                "{'type':'video_url','video_url':{}}|messages[0].content[0].type"
            })
    void whatHasNoCounterpartIsRefusedByName(String part, String param) {
        assertThatThrownBy(() -> messages("{'role':'user','content':[" + part + "]}"))
                .isInstanceOfSatisfying(
                        BodyFaultException.class,
                        fault -> {
                            assertThat(fault.param()).contains(param);
                            assertThat(fault.reason().code()).isEqualTo("unsupported_value");
                        });
    }

    @Test
    void whatAnAssistantSaidStaysBesideItsToolCalls() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':'weather?'},{'role':'assistant','content':'I look',
                        'tool_calls':[{'id':'call_1','type':'function','function':{'name':'get',
                        'arguments':'{\\"city\\":\\"Rome\\"}'}},{'id':'a.b:2','type':'function',
                        'function':{'name':'now','arguments':''}}]}\
                        """);

        assertThat(same(said.at("/messages/1/content")))
                .isEqualTo(
                        "[{'type':'text','text':'I look'},{'type':'tool_use','id':'call_1',"
                                + "'name':'get','input':{'city':'Rome'}},{'type':'tool_use',"
                                + "'id':'a_b_2','name':'now','input':{}}]");
    }

    @Test
    void argumentsGivenAsAnObjectAreTakenAsTheyAre() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':'go'},{'role':'assistant','tool_calls':[
                        {'id':'c','function':{'name':'f','arguments':{'a':1.0}}}]}\
                        """);

        assertThat(same(said.at("/messages/1/content/0/input"))).isEqualTo("{'a':1.0}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'{\\\"a\\\":'", "'[]'", "7", "true", "[{'a':1}]"})
    void argumentsThatAreNoObjectAreRefused(String arguments) {
        assertThatThrownBy(() ->
                        messages(
                                """
                                {'role':'assistant','tool_calls':[{'id':'c','function':
                                {'name':'f','arguments':%s}}]}\
                                """
                                        .formatted(arguments)))
                .isInstanceOfSatisfying(
                        BodyFaultException.class,
                        fault ->
                                assertThat(fault.param())
                                        .contains("messages[0].tool_calls[0].function.arguments"));
    }

    @Test
    void resultsOfParallelCallsAreOneTurnInFrontOfWhatTheUserSays() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':'go'},{'role':'assistant','tool_calls':[
                        {'id':'c1','function':{'name':'f','arguments':'{}'}},
                        {'id':'c2','function':{'name':'f','arguments':'{}'}}]},
                        {'role':'tool','tool_call_id':'c1','content':'one'},
                        {'role':'tool','tool_call_id':'c2','content':[{'type':'text','text':'two'}],
                        'is_error':true},{'role':'user','content':'and?'}\
                        """);

        assertThat(said.path("messages")).hasSize(3);
        assertThat(same(said.at("/messages/2")))
                .isEqualTo(
                        "{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1',"
                                + "'content':'one'},{'type':'tool_result','tool_use_id':'c2',"
                                + "'content':[{'type':'text','text':'two'}],'is_error':true},"
                                + "{'type':'text','text':'and?'}]}");
    }

    @Test
    void neighbouringMessagesOfOneSideAreOneTurn() throws BodyFaultException {
        var said =
                messages(
                        "{'role':'user','content':'a'},{'role':'user','content':'b'},"
                                + "{'role':'assistant','content':'c'},"
                                + "{'role':'assistant','content':'d'}");

        assertThat(said.path("messages")).hasSize(2);
        assertThat(said.at("/messages/0/content")).hasSize(2);
    }

    @Test
    void anAssistantsGreetingIsAnAnswerToSomething() throws BodyFaultException {
        var said =
                messages("{'role':'assistant','content':'Hello!'},{'role':'user','content':'hi'}");

        assertThat(same(said.path("messages")))
                .isEqualTo(
                        "[{'role':'user','content':[{'type':'text','text':'.'}]},"
                                + "{'role':'assistant','content':[{'type':'text','text':'Hello!'}]},"
                                + "{'role':'user','content':[{'type':'text','text':'hi'}]}]");
    }

    @Test
    void theBeginningOfAnAnswerDoesNotEndInSpace() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':'a '},{'role':'assistant','content':'b '},
                        {'role':'user','content':'c '},{'role':'assistant','content':[
                        {'type':'text','text':'d '},{'type':'text','text':' \\u00e9 \\n\\t\\u0020'}]}\
                        """);

        assertThat(said.at("/messages/0/content/0/text").asText()).isEqualTo("a ");
        assertThat(said.at("/messages/1/content/0/text").asText()).isEqualTo("b ");
        assertThat(said.at("/messages/2/content/0/text").asText()).isEqualTo("c ");
        assertThat(said.at("/messages/3/content/0/text").asText()).isEqualTo("d ");
        assertThat(said.at("/messages/3/content/1/text").asText()).isEqualTo(" \u00e9");
    }

    @Test
    void aConversationWithoutAnyWordIsRefused() {
        assertThatThrownBy(() -> messages("{'role':'system','content':'x'}"))
                .isInstanceOfSatisfying(
                        BodyFaultException.class,
                        fault -> assertThat(fault.param()).contains("messages"));
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-haiku-20240307,4096",
        "claude-3-5-sonnet-latest,8192",
        "claude-3-7-sonnet-20250219,32000",
        "claude-sonnet-4-5-20250929,32000",
        "anthropic/claude-opus-4.6,32000",
        "something-else,8192"
    })
    void outputIsBoundedByTheModelsDefaultWhereTheClientSetsNoBound(String model, int bound)
            throws BodyFaultException {
        var said = toMessages("{'model':'m'," + HELLO + "}", model);

        assertThat(said.path("max_tokens").asInt()).isEqualTo(bound);
    }

    @Test
    void theSmallerOfBothBoundsCounts() throws BodyFaultException {
        var said = with("'max_tokens':50,'max_completion_tokens':20");

        assertThat(said.path("max_tokens").asInt()).isEqualTo(20);
        assertThat(with("'max_tokens':0").path("max_tokens").asInt()).isZero();
    }

    @Test
    void temperaturesAboveOneBecomeOneAndOthersKeepTheirSpelling() throws BodyFaultException {
        assertThat(with("'temperature':1.7").path("temperature").asInt()).isOne();
        var body =
                translation("{'model':'m'," + HELLO + ",'temperature':0.10}", "claude-sonnet-4-5");
        assertThat(body.body().utf8()).contains("\"temperature\":0.10");
    }

    @Test
    void newerModelsGetNoSamplingParameters() throws BodyFaultException {
        var said =
                translation(
                        "{'model':'m'," + HELLO + ",'temperature':1,'top_p':0.5,'top_k':3}",
                        "claude-opus-4-7");

        assertThat(said.body().utf8()).doesNotContain("temperature", "top_p", "top_k");
        assertThat(said.ignored()).contains("temperature", "top_p", "top_k");
    }

    @Test
    void samplingParametersGoToModelsThatTakeThem() throws BodyFaultException {
        var said =
                toMessages(
                        "{'model':'m'," + HELLO + ",'temperature':0.5,'top_p':0.9,'top_k':3}",
                        "claude-3-5-haiku-latest");

        assertThat(said.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(said.path("top_p").asDouble()).isEqualTo(0.9);
        assertThat(said.path("top_k").asInt()).isEqualTo(3);
    }

    @Test
    void stopIsAlwaysAList() throws BodyFaultException {
        assertThat(same(with("'stop':'END'").path("stop_sequences"))).isEqualTo("['END']");
        assertThat(same(with("'stop':['a','\\n','b']").path("stop_sequences")))
                .isEqualTo("['a','b']");
        assertThat(with("'stop':null").has("stop_sequences")).isFalse();
    }

    @Test
    void functionsBecomeToolsWithASchema() throws BodyFaultException {
        var said =
                with(
                        """
                        'tools':[{'type':'function','function':{'name':'f','description':'d',
                        'parameters':{'type':'object','properties':{'a':{'type':'number',
                        'maximum':1.0}}},'strict':true},'cache_control':{'type':'ephemeral'}},
                        {'type':'function','function':{'name':'g'}}]\
                        """);

        assertThat(same(said.path("tools")))
                .isEqualTo(
                        "[{'name':'f','description':'d','input_schema':{'type':'object',"
                                + "'properties':{'a':{'type':'number','maximum':1.0}}},"
                                + "'strict':true,'cache_control':{'type':'ephemeral'}},"
                                + "{'name':'g','input_schema':{'type':'object',"
                                + "'properties':{}}}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'auto'|{'type':'auto'}",
                "'none'|{'type':'none'}",
                "'required'|{'type':'any'}",
                "{'type':'function','function':{'name':'f'}}|{'type':'tool','name':'f'}"
            },
            quoteCharacter = '~')
    void theChoiceOfToolsIsSaidInItsWords(String choice, String expected)
            throws BodyFaultException {
        var said =
                with(
                        "'tools':[{'type':'function','function':{'name':'f'}}],'tool_choice':"
                                + choice);

        assertThat(same(said.path("tool_choice"))).isEqualTo(expected);
    }

    @Test
    void oneToolAtATimeNeedsAChoiceToSaySo() throws BodyFaultException {
        var said =
                with(
                        "'tools':[{'type':'function','function':{'name':'f'}}],"
                                + "'parallel_tool_calls':false");

        assertThat(same(said.path("tool_choice")))
                .isEqualTo("{'type':'auto','disable_parallel_tool_use':true}");
    }

    @Test
    void aSchemaForTheAnswerIsAnOutputFormat() throws BodyFaultException {
        var said =
                with(
                        """
                        'response_format':{'type':'json_schema','json_schema':{'name':'x',
                        'strict':true,'schema':{'type':'object'}}}\
                        """);

        assertThat(same(said.path("output_config")))
                .isEqualTo("{'format':{'type':'json_schema','schema':{'type':'object'}}}");
    }

    @Test
    void jsonWithoutASchemaIsAnInstruction() throws BodyFaultException {
        var said = with("'response_format':{'type':'json_object'}");

        assertThat(said.at("/system/0/text").asText()).contains("JSON");
        assertThat(said.has("output_config")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"minimal,1024", "low,2048", "medium,8192", "high,16384"})
    void anEffortIsABudgetForOlderModels(String effort, int budget) throws BodyFaultException {
        var said = with("'reasoning_effort':'" + effort + "','temperature':0.2");

        assertThat(said.at("/thinking/type").asText()).isEqualTo("enabled");
        assertThat(said.at("/thinking/budget_tokens").asInt()).isEqualTo(budget);
        assertThat(said.has("temperature")).isFalse();
    }

    @Test
    void anEffortIsAnEffortForModelsThatHaveOne() throws BodyFaultException {
        var said =
                toMessages(
                        "{'model':'m'," + HELLO + ",'reasoning_effort':'high'}", "claude-opus-4-6");

        assertThat(said.at("/thinking/type").asText()).isEqualTo("adaptive");
        assertThat(said.at("/output_config/effort").asText()).isEqualTo("high");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'required'", "{'type':'function','function':{'name':'f'}}"})
    void aForcedToolStaysForcedAndTheModelDoesNotThink(String choice) throws BodyFaultException {
        var body =
                "{'model':'m',"
                        + HELLO
                        + ",'reasoning_effort':'low','tools':[{'type':'function','function':"
                        + "{'name':'f'}}],'tool_choice':"
                        + choice
                        + "}";
        var adapting = toMessages(body, "claude-opus-4-7");

        assertThat(adapting.at("/tool_choice/type").asText()).isIn("any", "tool");
        assertThat(adapting.has("thinking")).isFalse();
        assertThat(adapting.at("/output_config/effort").asText()).isEqualTo("low");
        assertThat(translation(body, "claude-opus-4-7").ignored()).isEmpty();
        assertThat(toMessages(body).has("thinking")).isFalse();
        assertThat(translation(body, "claude-sonnet-4-5").ignored())
                .containsExactly("reasoning_effort");
    }

    @Test
    void aForcedToolThatTheClientsOwnThinkingForbidsIsNamed() throws BodyFaultException {
        var body =
                "{'model':'m',"
                        + HELLO
                        + ",'thinking':{'type':'adaptive'},'tools':[{'type':'function','function':"
                        + "{'name':'f'}}],'tool_choice':'required'}";

        assertThat(toMessages(body).at("/tool_choice/type").asText()).isEqualTo("auto");
        assertThat(translation(body, "claude-opus-4-7").ignored()).containsExactly("tool_choice");
    }

    @Test
    void thinkingNeverTakesAllTheOutput() throws BodyFaultException {
        assertThat(
                        with("'reasoning_effort':'high','max_tokens':4000")
                                .at("/thinking/budget_tokens")
                                .asInt())
                .isEqualTo(3_999);
        assertThat(with("'reasoning_effort':'high','max_tokens':500").has("thinking")).isFalse();
    }

    @Test
    void signedThinkingGoesBackInFrontOfTheToolsItLedTo() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':'go'},{'role':'assistant','content':null,
                        'reasoning_content':'hm','thinking_blocks':[{'index':0,'type':'thinking',
                        'thinking':'hm','signature':'sig'},{'type':'redacted_thinking','data':'x'}],
                        'tool_calls':[{'id':'c','function':{'name':'f','arguments':'{}'}}]}\
                        """);

        assertThat(same(said.at("/messages/1/content")))
                .isEqualTo(
                        "[{'type':'thinking','thinking':'hm','signature':'sig'},"
                                + "{'type':'redacted_thinking','data':'x'},"
                                + "{'type':'tool_use','id':'c','name':'f','input':{}}]");
    }

    @Test
    void aHistoryOfUnsignedToolCallsIsAnsweredWithoutThinking() throws BodyFaultException {
        var said =
                toMessages(
                        """
                        {'model':'m','reasoning_effort':'high','messages':[
                        {'role':'user','content':'go'},{'role':'assistant','tool_calls':[
                        {'id':'c','function':{'name':'f','arguments':'{}'}}]},
                        {'role':'tool','tool_call_id':'c','content':'1'}]}\
                        """);

        assertThat(said.has("thinking")).isFalse();
    }

    @Test
    void theUserIsNamedInTheMetadata() throws BodyFaultException {
        assertThat(same(with("'user':'u1','metadata':{'team':'x'}").path("metadata")))
                .isEqualTo("{'user_id':'u1'}");
    }

    @Test
    void moreThanOneChoiceIsRefused() {
        assertThatThrownBy(() -> with("'n':2"))
                .isInstanceOfSatisfying(
                        BodyFaultException.class, fault -> assertThat(fault.param()).contains("n"));
    }

    @Test
    void whatHasNoWordIsLeftOutAndNamed() throws BodyFaultException {
        var said =
                translation(
                        "{'model':'m',"
                                + HELLO
                                + ",'seed':1,'logprobs':true,'logit_bias':{},"
                                + "'service_tier':'flex','n':1,'unheard_of':{}}",
                        "claude-sonnet-4-5");

        assertThat(said.ignored())
                .containsExactly("seed", "logprobs", "logit_bias", "service_tier", "unheard_of");
        assertThat(said.body().utf8()).doesNotContain("seed", "flex", "unheard_of");
    }

    @Test
    void streamsAreAskedForWithoutOptions() throws BodyFaultException {
        var said = with("'stream':true,'stream_options':{'include_usage':true}");

        assertThat(said.path("stream").asBoolean()).isTrue();
        assertThat(said.has("stream_options")).isFalse();
    }

    @Test
    void textsKeepTheirEscapes() throws BodyFaultException {
        var body =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                        + "\"\\u00e9 \\ud83d\\ude00 \\u0000 \u2028\"}]}";
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var said = ChatToMessages.translate(bytes, 0, bytes.length, "claude-x").body().utf8();

        assertThat(said).contains("\"\\u00e9 \\ud83d\\ude00 \\u0000 \u2028\"");
    }
}
