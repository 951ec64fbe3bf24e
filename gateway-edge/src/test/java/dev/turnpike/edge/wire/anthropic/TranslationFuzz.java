package dev.turnpike.edge.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ChatRequestReader;
import dev.turnpike.edge.wire.Damage;
import dev.turnpike.edge.wire.JsonCursor;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RequestShape;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in, what goes out is JSON, and events are whole. */
class TranslationFuzz {
    private static final int ROUNDS = 2_000;

    private static final List<byte[]> REQUESTS =
            sound(
                    """
                    {'model':'m','max_tokens':5,'temperature':1.5,'stop':['a'],'system':[{'text':'s'}],
                    'messages':[{'role':'system','content':'s'},{'role':'user','content':[
                    {'type':'text','text':'\\u00e9'},{'type':'image_url','image_url':
                    {'url':'data:image/png;base64,AA=='}},{'type':'image','source':{'type':'base64',
                    'media_type':'image/png','data':'AA'}}]}]}\
                    """,
                    """
                    {'model':'m','max_tokens':5,'tools':[{'type':'function','function':{'name':'f'}}],
                    'tool_choice':{'type':'function','function':{'name':'f'}},'messages':[
                    {'role':'assistant','content':'x','tool_calls':[{'id':'c','function':{'name':'f',
                    'arguments':'{\\'a\\':1}'}}]},{'role':'tool','tool_call_id':'c','content':'1'}]}\
                    """,
                    """
                    {'model':'m','instructions':'s','reasoning':{'effort':'low'},'tools':[{'type':
                    'function','name':'f','parameters':{}}],'text':{'format':{'type':'json_schema',
                    'name':'n','schema':{}}},'input':[{'role':'user','content':[{'type':'input_text',
                    'text':'x'}]},{'type':'reasoning','encrypted_content':'e30='},{'type':
                    'function_call','call_id':'c','name':'f','arguments':'{}'},{'type':
                    'function_call_output','call_id':'c','output':'1'}]}\
                    """,
                    """
                    {'model':'m','max_tokens':5,'thinking':{'type':'enabled','budget_tokens':5000},
                    'tools':[{'name':'f','input_schema':{}}],'tool_choice':{'type':'any'},'messages':[
                    {'role':'assistant','content':[{'type':'tool_use','id':'t','name':'f','input':{}}]},
                    {'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':[
                    {'type':'text','text':'x'}]}]}]}\
                    """);

    private static final List<byte[]> ANSWERS =
            sound(
                    """
                    {'id':'c','model':'m','choices':[{'index':0,'message':{'content':'x','tool_calls':[
                    {'id':'c','function':{'name':'f','arguments':'{}'}}]},'finish_reason':'stop'}],
                    'usage':{'prompt_tokens':1,'completion_tokens':2}}\
                    """,
                    """
                    {'id':'m','type':'message','model':'c','content':[{'type':'text','text':'x'},
                    {'type':'thinking','thinking':'h','signature':'s'},{'type':'tool_use','id':'t',
                    'name':'f','input':{'a':1}}],'stop_reason':'tool_use','usage':{'input_tokens':1,
                    'output_tokens':2,'cache_creation':{'ephemeral_5m_input_tokens':3}}}\
                    """);

    private static final List<byte[]> STREAMS =
            List.of(
                    MessageStreamToChunksTest.HELLO.getBytes(StandardCharsets.UTF_8),
                    (MessageStreamToChunksTest.START
                                    + MessageStreamToChunksTest.toolStart(0, "t", "f")
                                    + MessageStreamToChunksTest.input(0, "{}")
                                    + MessageStreamToChunksTest.blockStop(0)
                                    + MessageStreamToChunksTest.end("tool_use", 3)
                                    + MessageStreamToChunksTest.STOP)
                            .getBytes(StandardCharsets.UTF_8),
                    (Said.chunk("{'role':'assistant','content':'x','reasoning_content':'h'}")
                                    + Said.chunk(
                                            "{'tool_calls':[{'index':0,'id':'c','function':"
                                                    + "{'name':'f','arguments':'{}'}}]}")
                                    + Said.finish("tool_calls")
                                    + "data: [DONE]\n\n")
                            .getBytes(StandardCharsets.UTF_8));

    private static List<byte[]> sound(String... texts) {
        var all = new ArrayList<byte[]>();
        for (var text : texts) {
            all.add(Said.json(text));
        }
        return all;
    }

    @FuzzTest
    void aRequestIsRefusedOrBecomesAnother(byte[] body) throws JsonFaultException {
        try {
            ChatRequestReader.read(body, 0, body.length, RequestShape.CHAT, null);
            json(ChatToMessages.translate(body, 0, body.length, "claude-sonnet-4-5").body());
        } catch (BodyFaultException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        try {
            ChatRequestReader.read(body, 0, body.length, RequestShape.COMPLETIONS, null);
            json(CompletionsToChat.translate(body, 0, body.length).body());
        } catch (BodyFaultException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        try {
            ChatRequestReader.read(body, 0, body.length, RequestShape.RESPONSES, null);
            var repeated = new JsonOut(64).object();
            ResponseRequest.of(body, 0, body.length).repeat(repeated);
            json(repeated.endObject().slice());
            var chat = ResponsesToChat.translate(body, 0, body.length).body();
            json(chat);
            int to = chat.offset() + chat.length();
            json(ChatToMessages.translate(chat.array(), chat.offset(), to, "claude-4").body());
        } catch (BodyFaultException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        try {
            ChatRequestReader.read(body, 0, body.length, RequestShape.MESSAGES, null);
            var terms = new MessagesToChat.Terms("m", true, Set.of());
            json(MessagesToChat.translate(body, 0, body.length, terms).body());
        } catch (BodyFaultException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @FuzzTest
    void anAnswerIsNoneOrBecomesAnother(byte[] body) throws JsonFaultException {
        List<Reading> readings =
                List.of(
                        () -> MessageToCompletion.read(body, Said.VIEW, OutputMeter.NONE),
                        () -> MessageToText.read(body, Said.VIEW, OutputMeter.NONE),
                        () -> MessageToResponse.read(body, Said.VIEW, asked(), OutputMeter.NONE),
                        () -> MessageJsonReply.read(body, "acme/chat", OutputMeter.NONE),
                        () ->
                                CompletionToMessage.read(
                                        body, Said.VIEW, OutputMeter.NONE, Said::estimate));
        for (var reading : readings) {
            WholeAnswer answer;
            try {
                answer = reading.run();
            } catch (JsonFaultException e) {
                continue;
            }
            if (!answer.failed()) {
                json(ByteSlice.of(ByteSlice.join(answer.body())));
            }
        }
    }

    private interface Reading {
        WholeAnswer run() throws JsonFaultException;
    }

    @FuzzTest
    void aStreamEndsInOrderOrInAnError(byte[] stream) throws IOException, JsonFaultException {
        var text = new String(stream, StandardCharsets.ISO_8859_1);
        for (var relay : relays()) {
            check(Said.relayed(relay, text, 13));
        }
    }

    private static ResponseRequest asked() {
        var body = Said.json("{'tools':[{'type':'custom','name':'f'}]}");
        return ResponseRequest.of(body, 0, body.length);
    }

    private static List<StreamRelay> relays() {
        return List.of(
                new MessageStreamToChunks(
                        Said.WITH_USAGE, OutputMeter.NONE, Said::estimate, () -> 0),
                new MessageStreamToText(Said.VIEW, OutputMeter.NONE, Said::estimate, () -> 0),
                new MessageStreamToResponse(
                        Said.VIEW, asked(), OutputMeter.NONE, Said::estimate, () -> 0),
                new ChunksToMessageStream(Said.VIEW, OutputMeter.NONE, Said::estimate, () -> 0));
    }

    private static void check(Said.Seen seen) throws JsonFaultException {
        for (var line : seen.text().split("\n", -1)) {
            if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
                json(ByteSlice.of(line.substring(6).getBytes(StandardCharsets.UTF_8)));
            }
        }
        boolean done =
                seen.text().endsWith("data: [DONE]\n\n")
                        || seen.text().endsWith("\"type\":\"message_stop\"}\n\n")
                        || seen.names().contains("response.completed")
                        || seen.names().contains("response.incomplete");
        assertThat(done).isEqualTo(seen.end().whole());
    }

    private static void json(ByteSlice bytes) throws JsonFaultException {
        var cursor =
                JsonCursor.lenient(bytes.array(), bytes.offset(), bytes.offset() + bytes.length());
        cursor.skipValue();
        cursor.end();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedInputDoesNoHarm(long seed) throws IOException, JsonFaultException {
        var random = Damage.seeded(seed);
        for (int round = 0; round < ROUNDS; round++) {
            aRequestIsRefusedOrBecomesAnother(Damage.of(REQUESTS, random));
            anAnswerIsNoneOrBecomesAnother(Damage.of(ANSWERS, random));
            aStreamEndsInOrderOrInAnError(Damage.of(STREAMS, random));
        }
    }
}
