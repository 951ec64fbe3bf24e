package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.turnpike.edge.wire.ChatStreamRelay.StreamView;
import dev.turnpike.edge.wire.EventRelay.EventView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an upstream streams: what goes on to the client is JSON, and the same for every cut. */
class RelayFuzz {
    private static final int ROUNDS = 500;

    private static final List<byte[]> STREAMS =
            WireFuzz.bytes(
                    """
                    data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":\
                    [{"index":0,"id":"t","function":{"name":"f","arguments":"{}"}}]}}]}

                    data: {"choices":[{"delta":{"content":"x"},"finish_reason":"abort"}],"usage":{}}

                    : keep-alive

                    data: {"usage":{"prompt_tokens":1,"completion_tokens":2},"error":null}

                    data: [DONE]

                    """,
                    """
                    event: response.created
                    data: {"type":"response.created","response":{"id":"r","model":"up"}}

                    data: {"type":"response.output_text.delta","delta":"h"}

                    event: response.completed
                    data: {"type":"response.completed","response":{"id":"r","usage":\
                    {"input_tokens":7,"output_tokens":3}}}

                    """);

    @FuzzTest
    void aStreamIsRelayedTheSameHoweverItIsCutAndHoldsNothingButJson(byte[] stream)
            throws IOException, JsonFaultException {
        for (boolean wants : new boolean[] {true, false}) {
            check(stream, () -> chat(wants));
        }
        for (boolean lifecycle : new boolean[] {true, false}) {
            check(stream, () -> events(lifecycle));
        }
    }

    private static StreamRelay chat(boolean wants) {
        var view =
                new StreamView(
                        "acme/x", "up", wants, new AnswerHead(AnswerHead.Kind.CHAT_CHUNK, "1", 7));
        return new ChatStreamRelay(view, OutputMeter.NONE, () -> RawUsage.ZERO, () -> 1);
    }

    private static StreamRelay events(boolean lifecycle) {
        var kind = lifecycle ? AnswerHead.Kind.RESPONSE : AnswerHead.Kind.OTHER;
        var view = new EventView("acme/x", "up", new AnswerHead(kind, "1", 7), id -> "shown");
        return new EventRelay(view, OutputMeter.NONE, () -> RawUsage.ZERO, () -> 1);
    }

    private static void check(byte[] stream, Supplier<StreamRelay> relays)
            throws IOException, JsonFaultException {
        var whole = relayed(relays.get(), stream, Integer.MAX_VALUE);
        assertThat(relayed(relays.get(), stream, 5)).isEqualTo(whole);
        var text = new String(whole, StandardCharsets.ISO_8859_1);
        for (var line : text.split("[\r\n]", -1)) {
            if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
                var json = line.substring(6).getBytes(StandardCharsets.ISO_8859_1);
                var cursor = JsonCursor.lenient(json, 0, json.length);
                cursor.skipValue();
                cursor.end();
            }
        }
    }

    private static byte[] relayed(StreamRelay relay, byte[] stream, int size) throws IOException {
        var out = new ByteArrayOutputStream();
        boolean more = true;
        for (int at = 0; more && at < stream.length; ) {
            int count = Math.min(Math.min(size, relay.room()), stream.length - at);
            System.arraycopy(stream, at, relay.array(), relay.offset(), count);
            at += count;
            more = relay.relay(count, out::write);
        }
        var end = relay.conclude(true);
        assertThat(end.usage().total()).isBetween(0L, 2 * RawUsage.COUNT_MAX);
        var tail = end.tail();
        out.write(tail.array(), tail.offset(), tail.length());
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedInputDoesNoHarm(long seed) throws IOException, JsonFaultException {
        var random = Damage.seeded(seed);
        for (int round = 0; round < ROUNDS; round++) {
            aStreamIsRelayedTheSameHoweverItIsCutAndHoldsNothingButJson(Damage.of(STREAMS, random));
        }
    }
}
