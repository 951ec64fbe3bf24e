package dev.turnpike.edge.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.runtime.http.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoModelTest {
    private final DemoModel model =
            new DemoModel(InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z")));

    @Test
    void aWholeAnswerSaysTheMessageBackAndCountsItsWords() {
        var answer =
                ask("{\"model\":\"d\",\"messages\":[{\"role\":\"user\",\"content\":\"hi you\"}]}");
        var reply = Json.parse(answer.pieces().getFirst());

        assertThat(reply.at("/choices/0/message/content").asText()).endsWith("You said: hi you");
        assertThat(reply.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(reply.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
        assertThat(reply.at("/system_fingerprint").asText()).isEqualTo("demo");
    }

    @Test
    void aStreamEndsWithUsageAndDone() {
        var answer =
                ask(
                        "{\"model\":\"d\",\"stream\":true,\"max_tokens\":2,\"messages\":"
                                + "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}]}");
        var text = new ByteArrayOutputStream();
        answer.pieces().forEach(text::writeBytes);
        var events = text.toString(StandardCharsets.UTF_8).split("\n\n");

        assertThat(events[0]).contains("\"role\":\"assistant\"");
        assertThat(events[events.length - 3]).contains("\"finish_reason\":\"length\"");
        assertThat(events[events.length - 2]).contains("\"completion_tokens\":2");
        assertThat(events[events.length - 1]).isEqualTo("data: [DONE]");
    }

    private DemoModel.Answer ask(String body) {
        return model.answer(
                "/chat/completions",
                List.of(ByteSlice.of(body.getBytes(StandardCharsets.UTF_8))),
                "1");
    }
}
