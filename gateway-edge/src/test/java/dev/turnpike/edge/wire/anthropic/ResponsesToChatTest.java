package dev.turnpike.edge.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.wire.BodyFaultException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesToChatTest {
    private static Translation translation(String members) throws BodyFaultException {
        var body = Said.json("{'model':'acme/chat'," + members + "}");
        return ResponsesToChat.translate(body, 0, body.length);
    }

    private static JsonNode chat(String members) throws BodyFaultException {
        return Said.tree(translation(members).body().utf8().getBytes(StandardCharsets.UTF_8));
    }

    private static String messages(String input) throws BodyFaultException {
        return same(chat("'input':" + input).path("messages"));
    }

    private static String same(JsonNode node) {
        return node.toString().replace('"', '\'');
    }

    @Test
    void aTextIsWhatTheUserSaysAndInstructionsStandBeforeIt() throws BodyFaultException {
        assertThat(same(chat("'instructions':'be kind','input':'hi'").path("messages")))
                .isEqualTo(
                        "[{'role':'system','content':'be kind'},{'role':'user','content':'hi'}]");
    }

    @Test
    void partsGetTheNamesThatChatsHave() throws BodyFaultException {
        assertThat(
                        messages(
                                """
                                [{'role':'user','content':[{'type':'input_text','text':'what'},
                                {'type':'input_image','image_url':'data:image/png;base64,AA'},
                                {'type':'input_file','file_data':'data:application/pdf;base64,AA'}]}]\
                                """))
                .isEqualTo(
                        "[{'role':'user','content':[{'type':'text','text':'what'},"
                                + "{'type':'image_url','image_url':{'url':'data:image/png;base64,AA'}},"
                                + "{'type':'file','file':{'file_data':"
                                + "'data:application/pdf;base64,AA'}}]}]");
    }

    @Test
    void whatAnAssistantThoughtSaidAndCalledIsOneMessage() throws BodyFaultException {
        var thought =
                Base64.getEncoder()
                        .encodeToString(
                                Said.json("{'type':'thinking','thinking':'hm','signature':'s'}"));

        assertThat(
                        messages(
                                """
                                [{'role':'user','content':'go'},
                                {'type':'reasoning','summary':[],'encrypted_content':'%s'},
                                {'type':'message','role':'assistant','content':
                                [{'type':'output_text','text':'I look'}]},
                                {'type':'function_call','call_id':'c1','name':'f','arguments':'{}'},
                                {'type':'function_call','call_id':'c2','name':'g','arguments':'{}'},
                                {'type':'function_call_output','call_id':'c1','output':'one'},
                                {'type':'function_call_output','call_id':'c2','output':
                                [{'type':'input_text','text':'two'}]}]\
                                """
                                        .formatted(thought)))
                .isEqualTo(
                        "[{'role':'user','content':'go'},{'role':'assistant','content':"
                                + "[{'type':'text','text':'I look'}],'tool_calls':["
                                + "{'id':'c1','type':'function','function':"
                                + "{'name':'f','arguments':'{}'}},"
                                + "{'id':'c2','type':'function','function':"
                                + "{'name':'g','arguments':'{}'}}],'thinking_blocks':"
                                + "[{'type':'thinking','thinking':'hm','signature':'s'}]},"
                                + "{'role':'tool','tool_call_id':'c1','content':'one'},"
                                + "{'role':'tool','tool_call_id':'c2','content':"
                                + "[{'type':'text','text':'two'}]}]");
    }

    @Test
    void reasoningOfAnotherProviderIsLeftOut() throws BodyFaultException {
        assertThat(
                        messages(
                                "[{'type':'reasoning','encrypted_content':'gAAAA!'},"
                                        + "{'role':'user','content':'x'}]"))
                .isEqualTo("[{'role':'user','content':'x'}]");
    }

    @Test
    void toolsTheirChoiceAndTheFormatAreSaidAsChatsSayThem() throws BodyFaultException {
        var said =
                chat(
                        """
                        'input':'x','tools':[{'type':'function','name':'f','description':'d',
                        'parameters':{'type':'object'},'strict':true}],
                        'tool_choice':{'type':'function','name':'f'},'max_output_tokens':9,
                        'reasoning':{'effort':'low','summary':'auto'},'text':{'format':
                        {'type':'json_schema','name':'n','schema':{'type':'object'},'strict':true}}\
                        """);

        assertThat(same(said.path("tools")))
                .isEqualTo(
                        "[{'type':'function','function':{'name':'f','description':'d',"
                                + "'parameters':{'type':'object'},'strict':true}}]");
        assertThat(same(said.path("tool_choice")))
                .isEqualTo("{'type':'function','function':{'name':'f'}}");
        assertThat(same(said.path("response_format")))
                .isEqualTo(
                        "{'type':'json_schema','json_schema':{'name':'n','schema':"
                                + "{'type':'object'},'strict':true}}");
        assertThat(said.path("reasoning_effort").asText()).isEqualTo("low");
        assertThat(said.path("max_completion_tokens").asInt()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'input':'x','previous_response_id':'resp_1'|previous_response_id",
                "'input':'x','conversation':'conv_1'|conversation",
                "'input':'x','prompt':{'id':'p'}|prompt",
                "'input':'x','store':true|store",
                "'input':'x','background':true|background",
                "'input':'x','tool_choice':{'type':'file_search'}|tool_choice",
                "'input':[{'type':'item_reference','id':'i'}]|input[0].type",
                "'input':[{'role':'user','content':[{'type':'input_audio'}]}]|input[0].content[0]",
                "'input':[{'role':'user','content':[{'type':'input_file','file_id':'f'}]}]"
                        + "|input[0].content[0]"
            })
    void whatNeedsAStoreOrAnotherProviderIsRefusedByName(String members, String param) {
        assertThatThrownBy(() -> translation(members))
                .isInstanceOfSatisfying(
                        BodyFaultException.class, e -> assertThat(e.param()).contains(param));
    }

    @Test
    void toolsThatRunAtOpenAiAreLeftOutAndNamed() throws BodyFaultException {
        var said =
                translation(
                        """
                        'input':[{'role':'user','content':'x'},{'type':'web_search_call','id':'ws',
                        'status':'completed'}],'tools':[{'type':'function','name':'f'},
                        {'type':'web_search'},{'type':'image_generation'}],'tool_choice':'auto'\
                        """);
        var chat = Said.tree(said.body().utf8().getBytes(StandardCharsets.UTF_8));

        assertThat(chat.path("tools")).hasSize(1);
        assertThat(chat.at("/tools/0/function/name").asText()).isEqualTo("f");
        assertThat(chat.path("messages")).hasSize(1);
        assertThat(said.ignored()).containsExactly("input.1", "tools.1", "tools.2");
        assertThat(chat("'input':'x','tools':[{'type':'web_search'}]").has("tools")).isFalse();
    }

    @Test
    void aCallCannotBeRequiredWhereEveryToolIsLeftOut() throws BodyFaultException {
        var hosted = "'input':'x','tools':[{'type':'web_search'}],'tool_choice':";

        assertThatThrownBy(() -> translation(hosted + "'required'"))
                .isInstanceOfSatisfying(
                        BodyFaultException.class,
                        e -> assertThat(e.param()).contains("tool_choice"));
        assertThat(translation(hosted + "'auto'").ignored()).containsExactly("tools.0");
    }

    @Test
    void aToolThatTakesATextIsAFunctionWithOne() throws BodyFaultException {
        var said =
                chat(
                        """
                        'input':'x','tools':[{'type':'custom','name':'apply_patch','description':
                        'Edits files','format':{'type':'grammar','syntax':'lark','definition':
                        'start: x'}},{'type':'custom','name':'bare'}],
                        'tool_choice':{'type':'custom','name':'apply_patch'}\
                        """);

        assertThat(said.at("/tools/0/type").asText()).isEqualTo("function");
        var function = said.at("/tools/0/function");
        assertThat(function.path("name").asText()).isEqualTo("apply_patch");
        assertThat(function.path("description").asText())
                .startsWith("Edits files\n\n")
                .endsWith("grammar (lark):\nstart: x");
        assertThat(function.at("/parameters/properties/input/type").asText()).isEqualTo("string");
        assertThat(same(function.at("/parameters/required"))).isEqualTo("['input']");
        assertThat(said.at("/tools/1/function").has("description")).isFalse();
        assertThat(same(said.path("tool_choice")))
                .isEqualTo("{'type':'function','function':{'name':'apply_patch'}}");
    }

    @Test
    void callsOfSuchToolsAndTheirResultsGoBackAsThoseOfFunctions() throws BodyFaultException {
        var said =
                chat("""
                'input':[{'role':'user','content':'go'},
                {'type':'custom_tool_call','id':'ctc_1','call_id':'c1',
                'name':'apply_patch','input':'*** \\\\ \\u00e9\\n'},
                {'type':'custom_tool_call_output','call_id':'c1','output':'done'}]\
                """)
                        .path("messages");

        var function = said.at("/1/tool_calls/0/function");
        assertThat(function.path("name").asText()).isEqualTo("apply_patch");
        var arguments =
                Said.tree(function.path("arguments").asText().getBytes(StandardCharsets.UTF_8));
        assertThat(arguments.path("input").asText()).isEqualTo("*** \\ \u00e9\n");
        assertThat(same(said.get(2)))
                .isEqualTo("{'role':'tool','tool_call_id':'c1','content':'done'}");
    }

    @Test
    void notStoringIsWhatHappensAnyway() throws BodyFaultException {
        assertThat(translation("'input':'x','store':false,'background':false").ignored()).isEmpty();
    }

    @Test
    void whatHasNoWordIsLeftOutAndNamed() throws BodyFaultException {
        assertThat(translation("'input':'x','service_tier':'flex','truncation':'auto'").ignored())
                .containsExactlyInAnyOrder("service_tier", "truncation");
    }
}
