package dev.turnpike.edge.wire.anthropic;

import static dev.turnpike.edge.wire.anthropic.Said.chunk;
import static dev.turnpike.edge.wire.anthropic.Said.data;
import static dev.turnpike.edge.wire.anthropic.Said.finish;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunksToMessageStreamTest {
    private static final String ROLE = chunk("{'role':'assistant','content':''}");
    private static final String USAGE =
            data(
                    "{'id':'c1','choices':[],'usage':{'prompt_tokens':20,'completion_tokens':5,"
                            + "'total_tokens':25,'prompt_tokens_details':{'cached_tokens':12}}}");
    private static final String DONE = "data: [DONE]\n\n";

    private static ChunksToMessageStream relay() {
        return new ChunksToMessageStream(Said.VIEW, OutputMeter.NONE, Said::estimate, () -> 5);
    }

    private static Said.Seen seen(String stream) throws IOException {
        return Said.relayed(relay(), stream, 64);
    }

    private static String tool(int index, String id, String name, String arguments) {
        return chunk(
                "{'tool_calls':[{'index':"
                        + index
                        + (id.isEmpty() ? "" : ",'id':'" + id + "','type':'function'")
                        + ",'function':{"
                        + (name.isEmpty() ? "" : "'name':'" + name + "',")
                        + "'arguments':'"
                        + arguments
                        + "'}}]}");
    }

    /** What SDKs make of the blocks; fails where an event stands out of order. */
    private static List<String> blocks(Said.Seen seen) {
        var blocks = new java.util.ArrayList<String>();
        int open = -1;
        for (var event : seen.data()) {
            int index = event.path("index").asInt(-1);
            switch (event.path("type").asText()) {
                case "content_block_start" -> {
                    assertThat(open).as("a block is open: %s", event).isEqualTo(-1);
                    assertThat(index).isEqualTo(blocks.size());
                    open = index;
                    blocks.add(start(event.path("content_block")));
                }
                case "content_block_delta" -> {
                    assertThat(index).isEqualTo(open);
                    blocks.set(index, blocks.get(index) + piece(event.path("delta")));
                }
                case "content_block_stop" -> {
                    assertThat(index).isEqualTo(open);
                    open = -1;
                }
                default -> {
                    // Around the blocks.
                }
            }
        }
        assertThat(open).isEqualTo(-1);
        return blocks;
    }

    private static String start(JsonNode block) {
        return block.path("type").asText()
                + "("
                + block.path("id").asText("")
                + ")"
                + block.path("name").asText("")
                + ":";
    }

    private static String piece(JsonNode delta) {
        return delta.path("text").asText("")
                + delta.path("thinking").asText("")
                + delta.path("partial_json").asText("");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 100_000})
    void aStreamIsTheSameHoweverItIsCut(int size) throws IOException {
        var stream =
                ROLE
                        + chunk("{'content':'Hel'}")
                        + chunk("{'content':'lo'}")
                        + finish("stop")
                        + USAGE
                        + DONE;
        var seen = Said.relayed(relay(), stream, size);

        assertThat(seen.names().stream().distinct().toList())
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(seen.names())
                .isEqualTo(seen.data().stream().map(each -> each.path("type").asText()).toList());
        assertThat(blocks(seen)).containsExactly("text():Hello");
        assertThat(seen.text()).doesNotContain("[DONE]");
        assertThat(seen.end().usage()).isEqualTo(new RawUsage(20, 12, 0, 5, 0, false));
        assertThat(seen.end().finishReason()).contains("end_turn");
    }

    @Test
    void theFirstEventIsACompleteMessageWithoutContent() throws IOException {
        var seen = seen(ROLE + chunk("{'content':'x'}") + finish("stop") + DONE);
        var message = seen.data().getFirst().path("message");

        assertThat(message.path("id").asText()).isEqualTo("msg_req_1");
        assertThat(message.path("model").asText()).isEqualTo("acme/chat");
        assertThat(message.path("content")).isEmpty();
        assertThat(message.path("content").isArray()).isTrue();
        assertThat(message.at("/usage/input_tokens").asInt()).isEqualTo(100);
        assertThat(message.at("/usage/output_tokens").asInt(-1)).isZero();
    }

    @Test
    void theEndTellsTheUsageThatCameAfterTheFinish() throws IOException {
        var seen = seen(ROLE + chunk("{'content':'x'}") + finish("length") + USAGE + DONE);
        var end = seen.data().get(seen.data().size() - 2);

        assertThat(end.at("/delta/stop_reason").asText()).isEqualTo("max_tokens");
        assertThat(end.at("/delta/stop_sequence").isNull()).isTrue();
        assertThat(end.at("/usage/input_tokens").asInt()).isEqualTo(8);
        assertThat(end.at("/usage/cache_read_input_tokens").asInt()).isEqualTo(12);
        assertThat(end.at("/usage/output_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void reasoningTextAndToolsFollowOneAnother() throws IOException {
        var seen =
                seen(
                        ROLE
                                + chunk("{'reasoning_content':'h'}")
                                + chunk("{'reasoning':'m'}")
                                + chunk("{'content':'I look'}")
                                + tool(0, "c1", "f", "")
                                + tool(0, "", "", "{\\'a\\':")
                                + tool(0, "", "", "1}")
                                + tool(1, "c2", "g", "{}")
                                + finish("tool_calls")
                                + DONE);

        assertThat(blocks(seen))
                .containsExactly(
                        "thinking():hm",
                        "text():I look",
                        "tool_use(c1)f:{\"a\":1}",
                        "tool_use(c2)g:{}");
        assertThat(seen.end().finishReason()).contains("tool_use");
    }

    @Test
    void interleavedToolsAreToldOneAfterTheOther() throws IOException {
        var seen =
                seen(
                        ROLE
                                + tool(0, "c1", "f", "{\\'a\\'")
                                + tool(1, "c2", "g", "{\\'b\\'")
                                + tool(0, "", "", ":1}")
                                + tool(1, "", "", ":2}")
                                + finish("tool_calls")
                                + DONE);

        assertThat(blocks(seen))
                .containsExactly("tool_use(c1)f:{\"a\":1}", "tool_use(c2)g:{\"b\":2}");
    }

    @Test
    void toolsWithoutAnIndexAreToldApartByTheirIds() throws IOException {
        var seen =
                seen(
                        ROLE
                                + chunk(
                                        "{'tool_calls':[{'id':'c1','function':{'name':'f','arguments':'{}'}}]}")
                                + chunk(
                                        "{'tool_calls':[{'id':'c:2','function':{'name':'g','arguments':'{'}}]}")
                                + chunk(
                                        "{'tool_calls':[{'id':'c:2','function':{'arguments':'}'}}]}")
                                + finish("stop")
                                + DONE);

        assertThat(blocks(seen)).containsExactly("tool_use(c1)f:{}", "tool_use(c_2)g:{}");
        assertThat(seen.end().finishReason()).contains("tool_use");
    }

    @Test
    void aToolIsBegunWhenItsIdAndNameAreKnown() throws IOException {
        var seen =
                seen(
                        ROLE
                                + tool(0, "", "", "{")
                                + tool(0, "c:1", "", "")
                                + tool(0, "", "f", "}")
                                + finish("tool_calls")
                                + DONE);

        assertThat(blocks(seen)).containsExactly("tool_use(c_1)f:{}");
    }

    @Test
    void aToolWithoutArgumentsHasAnEmptyInputAllTheSame() throws IOException {
        var seen = seen(ROLE + tool(0, "c1", "f", "") + finish("tool_calls") + DONE);

        assertThat(blocks(seen)).containsExactly("tool_use(c1)f:{}");
    }

    @Test
    void textAfterAToolIsABlockOfItsOwn() throws IOException {
        var seen =
                seen(
                        ROLE
                                + chunk("{'content':'a'}")
                                + tool(0, "c1", "f", "{")
                                + chunk("{'content':'b'}")
                                + tool(0, "", "", "}")
                                + finish("tool_calls")
                                + DONE);

        assertThat(blocks(seen)).containsExactly("text():a", "tool_use(c1)f:{}", "text():b");
    }

    @ParameterizedTest
    @CsvSource({"stop,end_turn", "length,max_tokens", "content_filter,refusal", "abort,end_turn"})
    void everyFinishReasonHasAStopReason(String finish, String stop) throws IOException {
        assertThat(
                        seen(ROLE + chunk("{'content':'x'}") + finish(finish) + DONE)
                                .end()
                                .finishReason())
                .contains(stop);
    }

    @Test
    void aStreamWithoutUsageShowsTheEstimate() throws IOException {
        var seen = seen(ROLE + chunk("{'content':'x'}") + finish("stop") + DONE);

        assertThat(seen.end().estimated()).isTrue();
        assertThat(seen.data().get(seen.data().size() - 2).at("/usage/output_tokens").asInt())
                .isEqualTo(50);
    }

    @Test
    void aStreamMayLackItsDoneOrItsFinishButNotBoth() throws IOException {
        assertThat(seen(ROLE + chunk("{'content':'x'}") + finish("stop")).end().whole()).isTrue();
        assertThat(seen(ROLE + chunk("{'content':'x'}") + DONE).end().whole()).isTrue();
        var cut = seen(ROLE + chunk("{'content':'x'}"));
        assertThat(cut.end().whole()).isFalse();
        assertThat(cut.names().getLast()).isEqualTo("error");
        assertThat(cut.data().getLast().at("/error/type").asText()).isEqualTo("api_error");
    }

    @Test
    void anErrorOfTheUpstreamIsAnErrorEvent() throws IOException {
        var seen = seen(ROLE + data("{'error':{'message':'Rate limited','code':429}}"));

        assertThat(seen.names().getLast()).isEqualTo("error");
        assertThat(seen.data().getLast().path("type").asText()).isEqualTo("error");
        assertThat(seen.data().getLast().at("/error/type").asText()).isEqualTo("rate_limit_error");
    }

    @Test
    void anAbortEndsWithItsError() {
        var seen =
                Said.aborted(
                        relay(),
                        new ErrorBody("late", "timeout_error", null, "upstream_timeout", null));

        assertThat(seen.data().getLast().at("/error/type").asText()).isEqualTo("timeout_error");
    }

    @Test
    void usageOnEveryChunkDisturbsNothing() throws IOException {
        var every =
                data(
                        "{'id':'c','choices':[{'index':0,'delta':{'content':'x'}}],"
                                + "'usage':{'prompt_tokens':20,'completion_tokens':1}}");
        var seen = seen(ROLE + every + every + finish("stop") + USAGE + DONE);

        assertThat(blocks(seen)).containsExactly("text():xx");
        assertThat(seen.end().usage().completion()).isEqualTo(5);
    }

    @Test
    void aDeltaOfAMegabytePasses() throws IOException {
        var seen =
                seen(
                        ROLE
                                + chunk("{'content':'" + "x".repeat(1 << 20) + "'}")
                                + finish("stop")
                                + DONE);

        assertThat(blocks(seen).getFirst()).hasSize("text():".length() + (1 << 20));
    }
}
