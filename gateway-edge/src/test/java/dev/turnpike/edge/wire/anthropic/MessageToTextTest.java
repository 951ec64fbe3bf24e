package dev.turnpike.edge.wire.anthropic;

import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.HELLO;
import static dev.turnpike.edge.wire.anthropic.MessageStreamToChunksTest.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.models.completions.Completion;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The old completions route to models of Anthropic, there and back. */
class MessageToTextTest {
    private static String chat(String members) throws BodyFaultException {
        var body = Said.json("{'model':'m'," + members + "}");
        var chat = CompletionsToChat.translate(body, 0, body.length).body();
        return Said.tree(chat.utf8().getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace('"', '\'');
    }

    private static Said.Seen seen(MessageView view, String stream, int size) throws IOException {
        var relay = new MessageStreamToText(view, OutputMeter.NONE, Said::estimate, () -> 0);
        return Said.relayed(relay, stream, size);
    }

    /** Not validated: OpenAI's own chunks have a null where its model wants a finish reason. */
    private static Completion completion(byte[] json) throws IOException {
        return com.openai.core.ObjectMappers.jsonMapper().readValue(json, Completion.class);
    }

    @Test
    void thePromptIsWhatAUserSays() throws BodyFaultException {
        var said =
                "'stop':'x','max_tokens':5,"
                        + "'messages':[{'role':'user','content':'once upon'}]}";

        assertThat(chat("'prompt':'once upon','stop':'x','max_tokens':5")).endsWith(said);
        assertThat(chat("'prompt':['once upon'],'stop':'x','max_tokens':5")).endsWith(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'prompt':['a','b']|prompt",
                "'prompt':[1,2]|prompt",
                "'prompt':'a','suffix':'b'|suffix",
                "'prompt':'a','echo':true|echo",
                "'prompt':'a','best_of':2|best_of"
            })
    void whatAChatCannotGiveIsRefusedByName(String members, String param) {
        assertThatThrownBy(() -> chat(members))
                .isInstanceOfSatisfying(
                        BodyFaultException.class, e -> assertThat(e.param()).contains(param));
    }

    @Test
    void everyChunkIsACompletionAndTheUsageComesLast() throws IOException {
        var seen = seen(Said.WITH_USAGE, HELLO, 64);

        assertThat(seen.joined("/choices/0/text")).isEqualTo("Hello");
        for (var data : seen.data()) {
            var chunk = completion(data.toString().getBytes(StandardCharsets.UTF_8));
            assertThat(chunk.model()).isEqualTo("acme/chat");
        }
        assertThat(seen.data().getLast().at("/usage/completion_tokens").asInt()).isEqualTo(15);
        assertThat(seen.text()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void whoDidNotAskForUsageSeesNone() throws IOException {
        assertThat(seen(Said.VIEW, HELLO, 64).text()).doesNotContain("usage");
    }

    @Test
    void aStreamIsTheSameHoweverItIsCut() throws IOException {
        for (int size : new int[] {1, 7, 4_096}) {
            assertThat(seen(Said.VIEW, HELLO, size).text())
                    .isEqualTo(seen(Said.VIEW, HELLO, 64).text());
        }
    }

    @Test
    void aStreamThatEndsTooEarlyEndsInAnError() throws IOException {
        var seen = seen(Said.VIEW, START, 64);

        assertThat(seen.end().whole()).isFalse();
        assertThat(seen.data().getLast().has("error")).isTrue();
        assertThat(seen.text()).doesNotContain("[DONE]");
    }

    @Test
    void aWholeMessageIsACompletion() throws IOException, JsonFaultException {
        var body =
                Said.json(
                        """
                        {'id':'m','type':'message','content':[{'type':'thinking','thinking':'hm'},
                        {'type':'text','text':'a time'}],'stop_reason':'max_tokens',
                        'usage':{'input_tokens':2,'output_tokens':3}}\
                        """);
        var answer = MessageToText.read(body, Said.VIEW, OutputMeter.NONE);
        var completion = completion(ByteSlice.join(answer.body())).validate();

        assertThat(completion.choices().getFirst().text()).isEqualTo("a time");
        assertThat(completion.choices().getFirst().finishReason().toString()).isEqualTo("length");
        assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(5);
        assertThat(answer.usage().orElseThrow().completion()).isEqualTo(3);
    }
}
