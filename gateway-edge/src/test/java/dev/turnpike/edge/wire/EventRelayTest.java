package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.wire.EventRelay.EventView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventRelayTest {
    private static final String CREATED =
            """
            event: response.created
            data: {"type":"response.created","response":{"id":"r1","object":"response","created_at":5,"model":"up","usage":null},"sequence_number":0}

            """;
    private static final String DELTA =
            """
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","delta":"hi","sequence_number":1}

            """;
    private static final String COMPLETED =
            """
            event: response.completed
            data: {"type":"response.completed","response":{"id":"r1","object":"response","created_at":5,"model":"up",\
            "usage":{"input_tokens":7,"output_tokens":3,"output_tokens_details":{"reasoning_tokens":1},\
            "total_tokens":10}},"sequence_number":2}

            """;

    private final ByteArrayOutputStream client = new ByteArrayOutputStream();
    private long metered;

    @Test
    void aResponseIsRelayedWithOurNamesAndMeteredByItsEndHoweverItIsCut() throws IOException {
        var stream = CREATED + DELTA + COMPLETED;
        var wanted = stream.replace("\"r1\"", "\"shown-r1\"").replace("\"up\"", "\"acme/x\"");
        for (int step = 1; step < stream.length(); step += 7) {
            client.reset();
            var relay = relay(true);

            var end = play(relay, stream, step, true);

            assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo(wanted);
            assertThat(end.whole()).isTrue();
            assertThat(end.usage()).isEqualTo(new RawUsage(7, 0, 0, 3, 1, false));
            assertThat(end.finishReason()).contains("completed");
        }
        assertThat(metered).isPositive();
    }

    @Test
    void whatAResponseDoesNotSayOfItselfIsFilledInTheSameInEveryEvent() throws IOException {
        var bare = "\"object\":\"response\",\"created_at\":5,\"model\":\"up\",";
        var first = CREATED.replace(bare, "").replace("\"id\":\"r1\"", "\"id\":\"\"");
        var last = COMPLETED.replace("\"id\":\"r1\"," + bare, "\"created_at\":null,");

        play(relay(true), first + DELTA + last, 1_000, true);

        var said = client.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(said.get(1))
                .contains(
                        "\"response\":{\"object\":\"response\",\"created_at\":9,"
                                + "\"model\":\"acme/x\",\"id\":\"resp_1\",\"usage\":null}");
        assertThat(said.get(7))
                .contains(
                        "\"response\":{\"id\":\"resp_1\",\"object\":\"response\","
                                + "\"model\":\"acme/x\",\"created_at\":9,\"usage\":{");
    }

    @Test
    void aResponseThatEndsWithoutItsLastEventIsAnErrorInTheRoutesOwnShape() throws IOException {
        var end = play(relay(true), CREATED + DELTA, 1_000, true);

        assertThat(end.whole()).isFalse();
        assertThat(end.estimated()).isTrue();
        assertThat(end.tail().utf8())
                .startsWith("event: error\ndata: {\"type\":\"error\",")
                .contains("\"sequence_number\":2");
    }

    @Test
    void anUpstreamsErrorIsToldOnceAndCleaned() throws IOException {
        var error =
                "event: error\ndata: {\"type\":\"error\",\"code\":\"x\","
                        + "\"message\":\"key sk-123 of api.openai.com\",\"sequence_number\":1}\n\n";

        var end = play(relay(true), CREATED + error, 1_000, true);

        assertThat(end.whole()).isFalse();
        assertThat(client.toString(StandardCharsets.UTF_8) + end.tail().utf8())
                .doesNotContain("sk-123")
                .containsOnlyOnce("event: error");
    }

    @Test
    void aFailedResponseIsPassedOnAndNotChargedAsWhole() throws IOException {
        var failed =
                COMPLETED
                        .replace("completed", "failed")
                        .replace(
                                "\"id\":\"r1\",",
                                "\"error\":{\"message\":\"ask sk-abcdefgh at help.openai.com\"},");

        var end = play(relay(true), CREATED + failed, 1_000, true);

        assertThat(end.whole()).isFalse();
        assertThat(end.tail().length()).isZero();
        assertThat(client.toString(StandardCharsets.UTF_8))
                .contains("response.failed", "ask [removed] at [removed]")
                .doesNotContain("sk-abc", "openai");
    }

    @Test
    void whatOfAFailureCannotBeCleanedIsNotPassedOn() throws IOException {
        for (var error :
                new String[] {
                    "\"ask sk-abcdefgh\"", "[\"sk-abcdefgh\"]", "{\"message\":[\"sk-abcdefgh\"]}"
                }) {
            var failed =
                    COMPLETED
                            .replace("completed", "failed")
                            .replace("\"id\":\"r1\",", "\"error\":" + error + ",")
                            .replace("{\"type\"", "{\"error\":" + error + ",\"type\"");

            play(relay(true), CREATED + failed, 1_000, true);

            assertThat(client.toString(StandardCharsets.UTF_8))
                    .contains("response.failed", "the provider could not answer the request")
                    .doesNotContain("sk-abc");
            client.reset();
        }
    }

    @Test
    void anEventWithoutTheIdOfItsResponseGetsTheOneThatWasShown() throws IOException {
        play(relay(true), CREATED + COMPLETED.replace("\"id\":\"r1\",", ""), 1_000, true);

        assertThat(client.toString(StandardCharsets.UTF_8).split("\"id\":\"shown-r1\"", -1))
                .hasSize(3);
    }

    @Test
    void commentsOfAProviderStayBehind() throws IOException {
        var stream = ": PROVIDER X\n\ndata: {\"a\":1}\n: PROVIDER X\nid: x-1\n\n";

        play(relay(false), stream, 1_000, true);

        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo("data: {\"a\":1}\n\n");
    }

    @Test
    void otherStreamsEndWithTheirBody() throws IOException {
        var stream =
                """
                data: {"type":"speech.audio.delta","audio":"AAAA"}

                data: {"type":"speech.audio.done","usage":{"input_tokens":4,"output_tokens":9,"total_tokens":13}}

                """;

        var end = play(relay(false), stream, 5, true);

        assertThat(end.whole()).isTrue();
        assertThat(end.usage().completion()).isEqualTo(9);
        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo(stream);
        assertThat(play(relay(false), stream, 5, false).whole()).isFalse();
    }

    private EventRelay relay(boolean lifecycle) {
        var kind = lifecycle ? AnswerHead.Kind.RESPONSE : AnswerHead.Kind.OTHER;
        var head = new AnswerHead(kind, "1", 9);
        var view = new EventView("acme/x", "up", head, id -> "shown-" + id);
        return new EventRelay(
                view, (json, from, to) -> metered += to - from, () -> RawUsage.ZERO, () -> 1);
    }

    private StreamEnd play(EventRelay relay, String text, int step, boolean clean)
            throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean more = true;
        for (int at = 0; more && at < bytes.length; ) {
            int count = Math.min(Math.min(step, relay.room()), bytes.length - at);
            System.arraycopy(bytes, at, relay.array(), relay.offset(), count);
            more = relay.relay(count, client::write);
            at += count;
        }
        return relay.conclude(clean);
    }
}
