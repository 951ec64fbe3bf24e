package dev.turnpike.edge.wire.anthropic;

import static dev.turnpike.edge.wire.anthropic.Said.toChat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.Dispensable;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MessagesToChatTest {
    private static final String HELLO = "'messages':[{'role':'user','content':'hello'}]";

    private static JsonNode with(String members) throws BodyFaultException {
        return toChat("{'model':'m','max_tokens':9," + HELLO + "," + members + "}");
    }

    private static JsonNode messages(String messages) throws BodyFaultException {
        return toChat("{'model':'m','max_tokens':9,'messages':[" + messages + "]}")
                .path("messages");
    }

    private static String same(JsonNode node) {
        return node.toString().replace('"', '\'');
    }

    @Test
    void allSystemBlocksAreOneMessage() throws BodyFaultException {
        var said =
                with(
                        "'system':[{'type':'text','text':'be kind','cache_control':"
                                + "{'type':'ephemeral'}},{'type':'text','text':'be brief'}]");

        assertThat(said.at("/messages/0/role").asText()).isEqualTo("system");
        assertThat(said.at("/messages/0/content").asText()).isEqualTo("be kind\nbe brief");
    }

    @Test
    void resultsOfToolsStandInFrontOfTheRestOfTheTurn() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':'go'},{'role':'assistant','content':[
                        {'type':'thinking','thinking':'hm','signature':'s'},
                        {'type':'text','text':'I look'},
                        {'type':'tool_use','id':'t1','name':'f','input':{'a': 1.0}},
                        {'type':'tool_use','id':'t2','name':'g','input':{}}]},
                        {'role':'user','content':[{'type':'text','text':'and?'},
                        {'type':'tool_result','tool_use_id':'t1','content':'one'},
                        {'type':'tool_result','tool_use_id':'t2','is_error':true,'content':[
                        {'type':'text','text':'two'},{'type':'image','source':
                        {'type':'base64','media_type':'image/png','data':'AA'}}]}]}\
                        """);

        assertThat(same(said.get(1)))
                .isEqualTo(
                        "{'role':'assistant','content':'I look','tool_calls':[{'id':'t1',"
                                + "'type':'function','function':{'name':'f',"
                                + "'arguments':'{\\'a\\': 1.0}'}},{'id':'t2','type':'function',"
                                + "'function':{'name':'g','arguments':'{}'}}]}");
        assertThat(same(said.get(2)))
                .isEqualTo("{'role':'tool','tool_call_id':'t1','content':'one'}");
        assertThat(same(said.get(3)))
                .isEqualTo("{'role':'tool','tool_call_id':'t2','content':'two'}");
        assertThat(same(said.get(4)))
                .isEqualTo(
                        "{'role':'user','content':[{'type':'text','text':'and?'},"
                                + "{'type':'image_url','image_url':"
                                + "{'url':'data:image/png;base64,AA'}}]}");
    }

    @Test
    void noMoreStopSequencesGoToOpenAiThanItTakes() throws BodyFaultException {
        var body =
                Said.json(
                        "{'model':'m','max_tokens':9,"
                                + HELLO
                                + ",'stop_sequences':['a','b','c','d','e']}");
        var strict = new MessagesToChat.Terms("gpt-4.1", true, Set.of());
        var said = MessagesToChat.translate(body, 0, body.length, strict);

        assertThat(same(Said.tree(said.body().utf8().getBytes(UTF_8)).path("stop")))
                .isEqualTo("['a','b','c','d']");
        assertThat(said.ignored()).containsExactly("stop_sequences");
        assertThat(with("'stop_sequences':['a','b','c','d','e']").path("stop")).hasSize(5);
    }

    @Test
    void documentsBecomeFilesOrText() throws BodyFaultException {
        var said =
                messages(
                        """
                        {'role':'user','content':[{'type':'document','title':'a.pdf','source':
                        {'type':'base64','media_type':'application/pdf','data':'JVBE'}},
                        {'type':'document','source':{'type':'text','media_type':'text/plain',
                        'data':'plain'}},{'type':'image','source':{'type':'url',
                        'url':'https://example.com/a.png'}}]}\
                        """);

        assertThat(same(said.at("/0/content")))
                .isEqualTo(
                        "[{'type':'file','file':{'filename':'a.pdf',"
                                + "'file_data':'data:application/pdf;base64,JVBE'}},"
                                + "{'type':'text','text':'plain'},{'type':'image_url',"
                                + "'image_url':{'url':'https://example.com/a.png'}}]");
    }

    @Test
    void anAssistantThatOnlyThoughtSaidNothing() throws BodyFaultException {
        assertThat(
                        messages(
                                "{'role':'user','content':'a'},{'role':'assistant','content':"
                                        + "[{'type':'thinking','thinking':'x','signature':'s'}]}"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o,max_tokens",
        "llama-3,max_tokens",
        "o3-mini,max_completion_tokens",
        "gpt-5.1,max_completion_tokens",
        "openai/gpt-5-mini,max_completion_tokens"
    })
    void theBoundHasTheNameThatTheModelKnows(String model, String name) throws BodyFaultException {
        var said =
                toChat(
                        "{'model':'m','max_tokens':9," + HELLO + "}",
                        new MessagesToChat.Terms(model, true, Set.of()));

        assertThat(said.path(name).asInt()).isEqualTo(9);
        assertThat(said).hasSize(3);
    }

    @Test
    void toolsBecomeFunctions() throws BodyFaultException {
        var said =
                with(
                        """
                        'tools':[{'name':'f','description':'d','input_schema':{'type':'object'},
                        'strict':true},{'type':'custom','name':'g','input_schema':{}}]\
                        """);

        assertThat(same(said.path("tools")))
                .isEqualTo(
                        "[{'type':'function','function':{'name':'f','description':'d',"
                                + "'parameters':{'type':'object'},'strict':true}},"
                                + "{'type':'function','function':{'name':'g','parameters':{}}}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'type':'auto'}|'auto'",
                "{'type':'none'}|'none'",
                "{'type':'any'}|'required'",
                "{'type':'tool','name':'f'}|{'type':'function','function':{'name':'f'}}"
            })
    void theChoiceOfToolsIsSaidInItsWords(String choice, String expected)
            throws BodyFaultException {
        var said = with("'tools':[{'name':'f','input_schema':{}}],'tool_choice':" + choice);

        assertThat(same(said.path("tool_choice"))).isEqualTo(expected);
        assertThat(said.has("parallel_tool_calls")).isFalse();
    }

    @Test
    void oneToolAtATimeIsSaidBesideTheChoice() throws BodyFaultException {
        var said =
                with(
                        "'tools':[{'name':'f','input_schema':{}}],'tool_choice':"
                                + "{'type':'auto','disable_parallel_tool_use':true}");

        assertThat(said.path("parallel_tool_calls").asBoolean(true)).isFalse();
    }

    @Test
    void toolsOfTheProviderAreRefused() {
        assertThatThrownBy(
                        () -> with("'tools':[{'type':'web_search_20250305','name':'web_search'}]"))
                .isInstanceOfSatisfying(
                        BodyFaultException.class,
                        fault -> assertThat(fault.param()).contains("tools[0].type"));
    }

    @ParameterizedTest
    @CsvSource({"1024,low", "5000,medium", "10000,high"})
    void aBudgetIsAnEffort(int budget, String effort) throws BodyFaultException {
        var said = with("'thinking':{'type':'enabled','budget_tokens':" + budget + "}");

        assertThat(said.path("reasoning_effort").asText()).isEqualTo(effort);
    }

    @Test
    void modelsThatRefuseAnEffortGetNone() throws BodyFaultException {
        var body =
                "{'model':'m','max_tokens':9,"
                        + HELLO
                        + ",'thinking':{'type':'enabled','budget_tokens':1024},'top_k':5}";
        var said = toChat(body, new MessagesToChat.Terms("gpt-4o", true, Set.of()));

        assertThat(said.has("reasoning_effort")).isFalse();
        assertThat(said.has("top_k")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"minimal,low", "low,low", "medium,medium", "xhigh,high", "max,high"})
    void onlyEffortsThatEveryServerHasAreAskedFor(String asked, String said)
            throws BodyFaultException {
        assertThat(with("'output_config':{'effort':'" + asked + "'}").path("reasoning_effort"))
                .hasToString('"' + said + '"');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'top_k':-7|top_k",
                "'top_k':'x'|top_k",
                "'top_k':1.5|top_k",
                "'output_config':{'effort':'banana'}|output_config.effort",
                "'output_config':{'effort':7}|output_config.effort"
            })
    void aValueThatNobodyTakesIsRefusedHere(String members, String param) {
        assertThatThrownBy(() -> with(members))
                .isInstanceOfSatisfying(
                        BodyFaultException.class,
                        fault -> assertThat(fault.param()).contains(param));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CLIENT_STREAM_OPTIONS")
    void whatATargetRefusesIsLeftOutAloneAndNamed(Dispensable what) throws BodyFaultException {
        var body =
                Said.json(
                        "{'model':'m','max_tokens':9,"
                                + HELLO
                                + ",'thinking':{'type':'enabled','budget_tokens':1024},'top_k':5,"
                                + "'stream':true,'metadata':{'user_id':'u'},'tools':[{'name':'f',"
                                + "'input_schema':{}}],'tool_choice':{'type':'auto',"
                                + "'disable_parallel_tool_use':true}}");

        var all = translated(body, Set.of());
        var without = translated(body, Set.of(what));

        assertThat(all.dispensable())
                .containsExactlyInAnyOrderElementsOf(
                        EnumSet.complementOf(EnumSet.of(Dispensable.CLIENT_STREAM_OPTIONS)));
        assertThat(all.ignored()).isEmpty();
        assertThat(without.dispensable()).hasSize(4).doesNotContain(what);
        assertThat(without.ignored()).hasSize(what == Dispensable.STREAM_OPTIONS ? 0 : 1);
        assertThat(tree(without)).hasSize(tree(all).size() - 1);
    }

    private static JsonNode tree(Translation translation) {
        return Said.tree(translation.body().utf8().getBytes(StandardCharsets.UTF_8));
    }

    private static Translation translated(byte[] body, Set<Dispensable> without)
            throws BodyFaultException {
        var terms = new MessagesToChat.Terms("llama", false, without);
        return MessagesToChat.translate(body, 0, body.length, terms);
    }

    @Test
    void anOutputFormatIsAResponseFormat() throws BodyFaultException {
        var said =
                with(
                        "'output_config':{'effort':'low','format':{'type':'json_schema',"
                                + "'schema':{'type':'object'}}}");

        assertThat(same(said.path("response_format")))
                .isEqualTo(
                        "{'type':'json_schema','json_schema':{'name':'output',"
                                + "'schema':{'type':'object'},'strict':true}}");
        assertThat(said.path("reasoning_effort").asText()).isEqualTo("low");
    }

    @Test
    void streamsReportTheirUsage() throws BodyFaultException {
        var said = with("'stream':true");

        assertThat(said.path("stream").asBoolean()).isTrue();
        assertThat(said.at("/stream_options/include_usage").asBoolean()).isTrue();
    }

    @Test
    void theRestKeepsItsPlace() throws BodyFaultException {
        var said =
                with(
                        "'stop_sequences':['a'],'temperature':0.5,'top_p':0.9,'top_k':4,"
                                + "'metadata':{'user_id':'"
                                + "u".repeat(100)
                                + "'},"
                                + "'service_tier':'auto','context_management':{}");

        assertThat(same(said.path("stop"))).isEqualTo("['a']");
        assertThat(said.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(said.path("top_k").asInt()).isEqualTo(4);
        assertThat(said.path("user").asText()).hasSize(64);
        assertThat(said.has("service_tier")).isFalse();
        assertThat(said.has("context_management")).isFalse();
    }
}
