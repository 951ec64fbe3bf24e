package dev.turnpike.edge.wire.anthropic;

import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.HELLO;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.START;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.STOP;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.end;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.text;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.textStart;
import static dev.turnpike.edge.wire.anthropic.Said.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageStreamRelayTest {
    private static MessageStreamRelay relay() {
        return new MessageStreamRelay(Said.VIEW, OutputMeter.NONE, Said::estimate, () -> 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void onlyTheModelIsChanged(int size) throws IOException {
        var stream = HELLO.replace(STOP, event("never_heard_of", "'a': 1.0") + STOP);
        var seen = Said.relayed(relay(), stream, size);

        assertThat(seen.text()).isEqualTo(stream.replace("claude-x", "acme/chat"));
        assertThat(seen.end().usage()).isEqualTo(new RawUsage(30, 3, 2, 15, 0, false));
        assertThat(seen.end().estimated()).isFalse();
        assertThat(seen.end().finishReason()).contains("end_turn");
    }

    @Test
    void theLastEventWaitsUntilTheAnswerIsRecorded() throws IOException {
        var relay = relay();
        var out = new StringBuilder();
        var bytes = HELLO.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        relay.room();
        System.arraycopy(bytes, 0, relay.array(), relay.offset(), bytes.length);
        boolean more =
                relay.relay(
                        bytes.length,
                        (b, o, l) -> out.append(new ByteSlice(b.clone(), o, l).utf8()));

        assertThat(more).isFalse();
        assertThat(out.toString()).doesNotContain("message_stop");
        assertThat(relay.conclude(true).tail().utf8()).isEqualTo(STOP);
    }

    @Test
    void eventsGetTheNamesThatTheyLack() throws IOException {
        var nameless = HELLO.replaceAll("event: [a-z_]+\n", "");
        var seen = Said.relayed(relay(), nameless, 64);

        assertThat(seen.text()).isEqualTo(HELLO.replace("claude-x", "acme/chat"));
    }

    @Test
    void linesMayEndAsTheyLike() throws IOException {
        var seen = Said.relayed(relay(), HELLO.replace("\n", "\r\n"), 64);

        assertThat(seen.text()).isEqualTo(HELLO.replace("claude-x", "acme/chat"));
        assertThat(seen.end().whole()).isTrue();
    }

    @Test
    void dataOnSeveralLinesIsPutOnOne() throws IOException {
        var stream =
                START.replace(",\"message\"", ",\ndata: \"message\"") + end("end_turn", 1) + STOP;
        var seen = Said.relayed(relay(), stream, 64);

        assertThat(seen.names()).containsExactly("message_start", "message_delta", "message_stop");
        assertThat(seen.data().getFirst().at("/message/model").asText()).isEqualTo("acme/chat");
    }

    @Test
    void aMarkOfAnotherWireAtTheEndIsNotPassedOn() throws IOException {
        var seen = Said.relayed(relay(), HELLO.replace(STOP, "data: [DONE]\n\n"), 64);

        assertThat(seen.text()).doesNotContain("[DONE]").endsWith(STOP);
        assertThat(seen.end().whole()).isTrue();
    }

    @Test
    void aMissingLastEventIsAdded() throws IOException {
        var seen = Said.relayed(relay(), HELLO.replace(STOP, ""), 64);

        assertThat(seen.text())
                .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }

    @Test
    void aCutAnswerEndsWithAnError() throws IOException {
        var seen = Said.relayed(relay(), START + textStart(0) + text(0, "Hel"), 64);

        assertThat(seen.names().getLast()).isEqualTo("error");
        assertThat(seen.end().whole()).isFalse();
        assertThat(seen.end().usage()).isEqualTo(new RawUsage(30, 3, 2, 50, 0, false));
    }

    @Test
    void errorsTellNothingOfTheProvider() throws IOException {
        var seen =
                Said.relayed(
                        relay(),
                        START
                                + event(
                                        "error",
                                        "'error':{'type':'overloaded_error','message':'Anthropic is"
                                                + " overloaded'},'request_id':'req_011'"),
                        64);

        assertThat(seen.data().getLast().at("/error/type").asText()).isEqualTo("overloaded_error");
        assertThat(seen.text()).doesNotContain("nthropic").doesNotContain("req_011");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'provider':'X',%s", "%s,'provider':null,'x_up': {'a':1}"})
    void whatAProviderAddsInItsOwnNameIsTakenOutWithoutATrace(String marks)
            throws IOException, JsonFaultException {
        var id = "\"id\":\"msg_01\"";
        var marked = HELLO.replace(id, marks.formatted(id).replace('\'', '"'));
        var body = "{" + marks.formatted("'content':[]") + "}";
        var answer = MessageJsonReply.read(Said.json(body), "acme/chat", OutputMeter.NONE);

        assertThat(marked).isNotEqualTo(HELLO);
        assertThat(Said.relayed(relay(), marked, 64).text())
                .isEqualTo(HELLO.replace("claude-x", "acme/chat"));
        assertThat(ByteSlice.join(answer.body())).isEqualTo(Said.json("{'content':[]}"));
    }

    @Test
    void aWholeMessageKeepsEverythingButItsModel() throws JsonFaultException {
        var body =
                "{'id':'msg_01', 'model':'claude-x','content':[{'type':'text','text':'\\u00e9'}],"
                        + "'stop_reason':'end_turn','usage':{'input_tokens':1,'output_tokens':2},"
                        + "'new': 1.0}";
        var answer = MessageJsonReply.read(Said.json(body), "acme/chat", OutputMeter.NONE);

        assertThat(ByteSlice.join(answer.body()))
                .isEqualTo(Said.json(body.replace("claude-x", "acme/chat")));
        assertThat(answer.usage()).contains(new RawUsage(1, 0, 0, 2, 0, false));
        assertThat(answer.finishReason()).contains("end_turn");
    }
}
