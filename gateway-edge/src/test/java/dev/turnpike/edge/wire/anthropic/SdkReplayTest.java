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
import static dev.turnpike.edge.wire.anthropic.Said.chunk;
import static dev.turnpike.edge.wire.anthropic.Said.data;
import static dev.turnpike.edge.wire.anthropic.Said.event;
import static dev.turnpike.edge.wire.anthropic.Said.finish;
import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the vendors' own accumulators make of translated answers. */
class SdkReplayTest {
    private static final String TOOLS =
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
                    + STOP;

    private static final String CHUNKED_TOOLS =
            chunk("{'role':'assistant','content':null}")
                    + chunk("{'reasoning_content':'hm'}")
                    + chunk("{'content':'I look'}")
                    + chunk(
                            "{'tool_calls':[{'index':0,'id':'c1','type':'function','function':"
                                    + "{'name':'f','arguments':'{\\'a\\''}}]}")
                    + chunk(
                            "{'tool_calls':[{'index':1,'id':'c2','type':'function','function':"
                                    + "{'name':'g','arguments':''}}]}")
                    + chunk("{'tool_calls':[{'index':0,'function':{'arguments':':1}'}}]}")
                    + finish("tool_calls")
                    + data(
                            "{'id':'c1','choices':[],'usage':{'prompt_tokens':20,"
                                    + "'completion_tokens':5,'total_tokens':25,"
                                    + "'prompt_tokens_details':{'cached_tokens':12}}}")
                    + "data: [DONE]\n\n";

    private static ChatCompletion openAi(String stream) throws IOException {
        var relay =
                new MessageStreamToChunks(
                        Said.WITH_USAGE, OutputMeter.NONE, Said::estimate, () -> 0);
        var accumulator = ChatCompletionAccumulator.create();
        for (var chunk : Said.relayed(relay, stream, 64).data()) {
            accumulator.accumulate(
                    com.openai.core.ObjectMappers.jsonMapper()
                            .readValue(chunk.toString(), ChatCompletionChunk.class)
                            .validate());
        }
        return accumulator.chatCompletion();
    }

    private static Message anthropic(Said.Seen seen) throws JsonProcessingException {
        var accumulator = MessageAccumulator.create();
        for (var event : seen.data()) {
            if (!event.path("type").asText().equals("ping")) {
                accumulator.accumulate(
                        com.anthropic.core.ObjectMappers.jsonMapper()
                                .readValue(event.toString(), RawMessageStreamEvent.class)
                                .validate());
            }
        }
        return accumulator.message();
    }

    private static Message anthropic(String stream) throws IOException {
        var relay = new ChunksToMessageStream(Said.VIEW, OutputMeter.NONE, Said::estimate, () -> 0);
        return anthropic(Said.relayed(relay, stream, 64));
    }

    @Test
    void openAisAccumulatorTakesATranslatedStream() throws IOException {
        var completion = openAi(HELLO);

        assertThat(completion.choices().getFirst().message().content()).contains("Hello");
        assertThat(completion.choices().getFirst().finishReason())
                .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.model()).isEqualTo("acme/chat");
        assertThat(completion.usage().orElseThrow().promptTokens()).isEqualTo(30);
        assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(15);
    }

    @Test
    void openAisAccumulatorTakesTranslatedToolCalls() throws IOException {
        var choice = openAi(TOOLS).choices().getFirst();
        var calls = choice.message().toolCalls().orElseThrow();

        assertThat(choice.message().content()).contains("I look");
        assertThat(calls).hasSize(2);
        assertThat(calls.getFirst().asFunction().id()).isEqualTo("toolu_1");
        assertThat(calls.getFirst().asFunction().function().arguments()).isEqualTo("{\"a\":1}");
        assertThat(calls.getLast().asFunction().function().arguments()).isEqualTo("{}");
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    }

    @Test
    void openAisAccumulatorTakesTranslatedThinking() throws IOException {
        var completion =
                openAi(
                        START
                                + event(
                                        "content_block_start",
                                        "'index':0,'content_block':{'type':'thinking',"
                                                + "'thinking':'','signature':''}")
                                + event(
                                        "content_block_delta",
                                        "'index':0,'delta':{'type':'thinking_delta',"
                                                + "'thinking':'hm'}")
                                + event(
                                        "content_block_delta",
                                        "'index':0,'delta':{'type':'signature_delta',"
                                                + "'signature':'sig'}")
                                + blockStop(0)
                                + textStart(1)
                                + text(1, "yes")
                                + end("end_turn", 3)
                                + STOP);

        assertThat(completion.choices().getFirst().message().content()).contains("yes");
    }

    @Test
    void openAisModelTakesATranslatedMessage() throws IOException, JsonFaultException {
        var answer =
                MessageToCompletion.read(
                        Said.json(
                                "{'id':'m','content':[{'type':'text','text':'hi'},"
                                        + "{'type':'tool_use','id':'t','name':'f','input':{}}],"
                                        + "'stop_reason':'tool_use','usage':{'input_tokens':3,"
                                        + "'output_tokens':4}}"),
                        Said.VIEW,
                        OutputMeter.NONE);
        var completion =
                com.openai.core.ObjectMappers.jsonMapper()
                        .readValue(ByteSlice.join(answer.body()), ChatCompletion.class)
                        .validate();

        assertThat(completion.choices().getFirst().message().content()).contains("hi");
        assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(7);
    }

    @Test
    void anthropicsAccumulatorTakesATranslatedStream() throws IOException {
        var message = anthropic(CHUNKED_TOOLS);

        assertThat(message.model().asString()).isEqualTo("acme/chat");
        assertThat(message.content()).hasSize(4);
        assertThat(message.content().get(0).asThinking().thinking()).isEqualTo("hm");
        assertThat(message.content().get(1).asText().text()).isEqualTo("I look");
        assertThat(message.content().get(2).asToolUse().name()).isEqualTo("f");
        assertThat(message.content().get(2).asToolUse()._input().toString()).contains("a=1");
        assertThat(message.content().get(3).asToolUse().id()).isEqualTo("c2");
        assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
        assertThat(message.usage().inputTokens()).isEqualTo(8);
        assertThat(message.usage().cacheReadInputTokens()).contains(12L);
        assertThat(message.usage().outputTokens()).isEqualTo(5);
    }

    @Test
    void anthropicsAccumulatorTakesARelayedStream() throws IOException {
        var relay = new MessageStreamRelay(Said.VIEW, OutputMeter.NONE, Said::estimate, () -> 0);
        var given = TOOLS.replace(blockStop(2), input(2, "{}") + blockStop(2));
        var message = anthropic(Said.relayed(relay, given, 64));

        assertThat(message.content()).hasSize(3);
        assertThat(message.usage().outputTokens()).isEqualTo(9);
    }

    @Test
    void anthropicsModelTakesATranslatedCompletion() throws IOException, JsonFaultException {
        var answer =
                CompletionToMessage.read(
                        Said.json(
                                "{'choices':[{'message':{'content':'hi','tool_calls':[{'id':'c',"
                                        + "'function':{'name':'f','arguments':'{}'}}]},"
                                        + "'finish_reason':'tool_calls'}]}"),
                        Said.VIEW,
                        OutputMeter.NONE,
                        Said::estimate);
        var message =
                com.anthropic.core.ObjectMappers.jsonMapper()
                        .readValue(
                                new String(ByteSlice.join(answer.body()), StandardCharsets.UTF_8),
                                Message.class)
                        .validate();

        assertThat(message.content()).hasSize(2);
        assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
    }
}
