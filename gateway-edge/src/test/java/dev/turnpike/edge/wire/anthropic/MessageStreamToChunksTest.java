package dev.turnpike.edge.wire.anthropic;

import static dev.turnpike.edge.wire.anthropic.Said.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageStreamToChunksTest {
    static final String START =
            event(
                    "message_start",
                    "'message':{'id':'msg_01','type':'message','role':'assistant',"
                            + "'model':'claude-x','content':[],'stop_reason':null,"
                            + "'stop_sequence':null,'usage':{'input_tokens':25,"
                            + "'cache_creation_input_tokens':2,'cache_read_input_tokens':3,"
                            + "'output_tokens':1}}");
    static final String STOP = event("message_stop", "");

    static String textStart(int index) {
        return event(
                "content_block_start",
                "'index':" + index + ",'content_block':{'type':'text','text':''}");
    }

    static String text(int index, String text) {
        return event(
                "content_block_delta",
                "'index':" + index + ",'delta':{'type':'text_delta','text':'" + text + "'}");
    }

    static String blockStop(int index) {
        return event("content_block_stop", "'index':" + index);
    }

    static String toolStart(int index, String id, String name) {
        return event(
                "content_block_start",
                "'index':"
                        + index
                        + ",'content_block':{'type':'tool_use','id':'"
                        + id
                        + "','name':'"
                        + name
                        + "','input':{}}");
    }

    static String input(int index, String escaped) {
        return event(
                "content_block_delta",
                "'index':"
                        + index
                        + ",'delta':{'type':'input_json_delta','partial_json':'"
                        + escaped
                        + "'}");
    }

    static String end(String reason, int output) {
        return event(
                "message_delta",
                "'delta':{'stop_reason':'"
                        + reason
                        + "','stop_sequence':null},'usage':{'output_tokens':"
                        + output
                        + "}");
    }

    static final String HELLO =
            START
                    + textStart(0)
                    + event("ping", "")
                    + text(0, "Hel")
                    + text(0, "lo")
                    + blockStop(0)
                    + end("end_turn", 15)
                    + STOP;

    private static MessageStreamToChunks relay(MessageView view) {
        return new MessageStreamToChunks(view, OutputMeter.NONE, Said::estimate, () -> 5);
    }

    private static Said.Seen seen(String stream) throws IOException {
        return Said.relayed(relay(Said.VIEW), stream, 64);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void aStreamIsTheSameHoweverItIsCut(int size) throws IOException {
        var seen = Said.relayed(relay(Said.VIEW), HELLO, size);

        assertThat(seen.joined("/choices/0/delta/content")).isEqualTo("Hello");
        assertThat(seen.data().getFirst().at("/choices/0/delta/role").asText())
                .isEqualTo("assistant");
        assertThat(seen.data().getLast().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(seen.text())
                .endsWith("data: [DONE]\n\n")
                .doesNotContain("usage")
                .doesNotContain("event:");
        assertThat(seen.text()).contains(": keep-alive\n\n");
        assertThat(seen.data())
                .allSatisfy(chunk -> {
                    assertThat(chunk.path("id").asText()).isEqualTo("chatcmpl-req_1");
                    assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
                    assertThat(chunk.path("model").asText()).isEqualTo("acme/chat");
                    assertThat(chunk.path("created").asLong()).isEqualTo(7);
                    assertThat(chunk.path("choices").isArray()).isTrue();
                });
        assertThat(seen.end().whole()).isTrue();
        assertThat(seen.end().usage()).isEqualTo(new RawUsage(30, 3, 2, 15, 0, false));
        assertThat(seen.end().estimated()).isFalse();
        assertThat(seen.end().finishReason()).contains("stop");
    }

    @Test
    void whoAsksForUsageGetsOneChunkOfItBeforeTheEnd() throws IOException {
        var seen = Said.relayed(relay(Said.WITH_USAGE), HELLO, 64);
        var last = seen.data().getLast();

        assertThat(last.path("choices").isArray()).isTrue();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/prompt_tokens").asInt()).isEqualTo(30);
        assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(15);
        assertThat(last.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(3);
        var others = seen.data().subList(0, seen.data().size() - 1);
        assertThat(others).allSatisfy(chunk -> assertThat(chunk.path("usage").isNull()).isTrue());
    }

    @Test
    void toolsAreNumberedAmongThemselves() throws IOException {
        var seen =
                seen(
                        START
                                + textStart(0)
                                + text(0, "I look")
                                + blockStop(0)
                                + toolStart(1, "toolu_1", "f")
                                + input(1, "{\\'a\\':")
                                + input(1, "1}")
                                + blockStop(1)
                                + toolStart(2, "toolu_2", "g")
                                + blockStop(2)
                                + end("tool_use", 9)
                                + STOP);
        var calls =
                seen.data().stream()
                        .map(each -> each.at("/choices/0/delta/tool_calls/0"))
                        .filter(each -> !each.isMissingNode())
                        .toList();

        assertThat(calls.stream().map(each -> each.path("index").asInt(-1)).toList())
                .containsExactly(0, 0, 0, 1, 1);
        assertThat(calls.get(0).path("id").asText()).isEqualTo("toolu_1");
        assertThat(calls.get(0).at("/function/name").asText()).isEqualTo("f");
        assertThat(calls.get(1).has("id")).isFalse();
        assertThat(
                        calls.get(1).at("/function/arguments").asText()
                                + calls.get(2).at("/function/arguments").asText())
                .isEqualTo("{\"a\":1}");
        assertThat(calls.get(4).at("/function/arguments").asText()).isEqualTo("{}");
        assertThat(seen.end().finishReason()).contains("tool_calls");
    }

    @Test
    void inputThatCameWithTheStartOfItsBlockIsNotLost() throws IOException {
        var seen =
                seen(
                        START
                                + event(
                                        "content_block_start",
                                        "'index':0,'content_block':{'type':'tool_use','id':'t','name':'f','input':{'a':1}}")
                                + end("tool_use", 9)
                                + STOP);

        assertThat(seen.joined("/choices/0/delta/tool_calls/0/function/arguments"))
                .isEqualTo("{\"a\":1}");
    }

    @Test
    void thinkingIsReasoningAndItsSignatureComesWithAllOfIt() throws IOException {
        var seen =
                seen(
                        START
                                + event(
                                        "content_block_start",
                                        "'index':0,'content_block':{'type':'thinking','thinking':'','signature':''}")
                                + event(
                                        "content_block_delta",
                                        "'index':0,'delta':{'type':'thinking_delta','thinking':'h\\n'}")
                                + event(
                                        "content_block_delta",
                                        "'index':0,'delta':{'type':'thinking_delta','thinking':'m'}")
                                + event(
                                        "content_block_delta",
                                        "'index':0,'delta':{'type':'signature_delta','signature':'sig'}")
                                + blockStop(0)
                                + textStart(1)
                                + text(1, "yes")
                                + blockStop(1)
                                + end("end_turn", 3)
                                + STOP);

        assertThat(seen.joined("/choices/0/delta/reasoning_content")).isEqualTo("h\nm");
        assertThat(seen.joined("/choices/0/delta/thinking_blocks/0/thinking")).isEqualTo("h\nm");
        assertThat(seen.joined("/choices/0/delta/thinking_blocks/0/signature")).isEqualTo("sig");
        assertThat(seen.joined("/choices/0/delta/content")).isEqualTo("yes");
    }

    @Test
    void laterUsageReplacesEarlierAndZerosAreValues() throws IOException {
        var seen =
                seen(
                        START
                                + textStart(0)
                                + text(0, "x")
                                + event(
                                        "message_delta",
                                        "'delta':{'stop_reason':'end_turn'},'usage':{'input_tokens':40,'cache_read_input_tokens':0,'output_tokens':8}")
                                + STOP);

        assertThat(seen.end().usage()).isEqualTo(new RawUsage(42, 0, 2, 8, 0, false));
    }

    @Test
    void nonsenseInUsageIsCorrectedAndFlagged() throws IOException {
        var seen = seen(START + textStart(0) + text(0, "x") + end("end_turn", -4) + STOP);

        assertThat(seen.end().usage().suspect()).isTrue();
        assertThat(seen.end().usage().completion()).isZero();
    }

    @Test
    void aStreamThatIsLeftHalfwayIsCountedByUs() throws IOException {
        var relay = relay(Said.VIEW);
        var seen = Said.relayed(relay, START + textStart(0) + text(0, "Hel"), 64, false);

        assertThat(relay.usageIsFinal()).isFalse();
        assertThat(relay.usage()).contains(new RawUsage(30, 3, 2, 1, 0, false));
        assertThat(seen.end().whole()).isFalse();
        assertThat(seen.end().estimated()).isTrue();
        assertThat(seen.end().usage().completion()).isEqualTo(50);
        assertThat(seen.data().getLast().at("/error/code").asText()).isEqualTo("bad_gateway");
        assertThat(seen.text()).doesNotContain("[DONE]");
    }

    @Test
    void aStreamWithoutItsLastEventIsWholeOnceItSaidWhyItEnds() throws IOException {
        var seen = seen(START + textStart(0) + text(0, "Hello") + end("max_tokens", 5));

        assertThat(seen.end().whole()).isTrue();
        assertThat(seen.end().finishReason()).contains("length");
        assertThat(seen.text()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void anOverloadedProviderIsNamedAsSuch() throws IOException {
        var seen =
                seen(
                        START
                                + event(
                                        "error",
                                        "'error':{'type':'overloaded_error','message':'Overloaded at api.anthropic.com'}"));
        var error = seen.data().getLast().path("error");

        assertThat(error.path("code").asText()).isEqualTo("server_is_overloaded");
        assertThat(error.path("message").asText()).doesNotContain("nthropic");
        assertThat(seen.text())
                .contains("event: error\ndata: {\"error\":")
                .doesNotContain("[DONE]");
    }

    @Test
    void anAbortEndsWithItsError() {
        var seen =
                Said.aborted(
                        relay(Said.VIEW),
                        new ErrorBody("late", "timeout_error", null, "upstream_timeout", null));

        assertThat(seen.data().getLast().at("/error/code").asText()).isEqualTo("upstream_timeout");
    }

    @Test
    void anEventOfAMegabytePasses() throws IOException {
        var seen =
                seen(
                        START
                                + textStart(0)
                                + text(0, "x".repeat(1 << 20))
                                + end("end_turn", 1)
                                + STOP);

        assertThat(seen.joined("/choices/0/delta/content")).hasSize(1 << 20);
    }

    @Test
    void whatIsNoJsonIsAFailure() throws IOException {
        var seen = seen(START + "event: content_block_delta\ndata: {\"type\":\n\n");

        assertThat(seen.end().whole()).isFalse();
    }

    @Test
    void citationsServerToolsAndUnknownEventsAreNoPartOfACompletion() throws IOException {
        var seen =
                seen(
                        START
                                + event(
                                        "content_block_start",
                                        "'index':0,'content_block':{'type':'server_tool_use','id':'s','name':'web_search','input':{}}")
                                + event(
                                        "content_block_delta",
                                        "'index':0,'delta':{'type':'input_json_delta','partial_json':'{}'}")
                                + blockStop(0)
                                + textStart(1)
                                + event(
                                        "content_block_delta",
                                        "'index':1,'delta':{'type':'citations_delta','citation':{}}")
                                + event("never_heard_of", "'x':1")
                                + text(1, "yes")
                                + end("end_turn", 2)
                                + STOP);

        assertThat(seen.joined("/choices/0/delta/content")).isEqualTo("yes");
        assertThat(seen.text()).doesNotContain("tool_calls");
    }

    @Test
    void theFirstTextIsTimed() throws IOException {
        var relay = relay(Said.VIEW);
        Said.relayed(relay, START + textStart(0), 64, false);
        assertThat(relay.firstTokenNanos()).isEmpty();

        var spoken = relay(Said.VIEW);
        Said.relayed(spoken, HELLO, 64);
        assertThat(spoken.firstTokenNanos()).hasValue(5);
    }
}
