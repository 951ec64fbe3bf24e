package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What strangers send: any bytes at all. Run without Jazzer's engine these tests read the inputs
 * that are kept beside them, and damage sound input at random from a fixed seed.
 */
class WireFuzz {
    private static final int ROUNDS = 3_000;

    private static final List<byte[]> EVENTS =
            bytes(
                    "event: a\ndata: {\"type\":\"a\",\"x\":1}\n\ndata: [DONE]\n\n",
                    ": keep-alive\r\n\r\nid: 7\r\ndata:{\"a\":\r\ndata: 1}\r\n\r\nretry: 5\n\n",
                    "\ufeffdata: \u2028 \ud83d\ude00\rdata\rdata: x\r\r");

    private static final List<byte[]> USAGES =
            bytes(
                    "{\"prompt_tokens\":20,\"completion_tokens\":5,\"total_tokens\":25,"
                            + "\"prompt_tokens_details\":{\"cached_tokens\":12}}",
                    "{\"input_tokens\":-1,\"output_tokens\":1e3,\"cache_read_input_tokens\":null,"
                            + "\"cache_creation_input_tokens\":99999999999999999999}",
                    "{\"prompt_tokens\":\"7\",\"reasoning_tokens\":8,\"completion_tokens\":3}");

    private static final List<byte[]> REQUESTS =
            bytes(
                    "{\"model\":\"a/b\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                            + "\"stream\":true,\"stream_options\":{\"include_usage\":false},"
                            + "\"metadata\":{\"a\":\"b\"},\"max_tokens\":5,\"n\":2}",
                    "{\"model\":\"a/b\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
                            + "\"text\",\"text\":\"\\u00e9\\ud83d\\ude00\"}]}],\"system\":\"x\"}",
                    "{\"mod\\u0065l\":\"a/b\",\"input\":[[1,2],[3]],\"prompt\":[\"x\"],"
                            + "\"tools\":[{}],\"Model\":1,\"background\":false}");

    static List<byte[]> bytes(String... texts) {
        var all = new ArrayList<byte[]>();
        for (var text : texts) {
            all.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return all;
    }

    @FuzzTest
    void eventsAreTheSameHoweverTheirBytesAreCut(byte[] stream) {
        var whole = events(stream, Integer.MAX_VALUE);
        assertThat(events(stream, 1)).isEqualTo(whole);
        assertThat(events(stream, 7)).isEqualTo(whole);
    }

    private static List<String> events(byte[] stream, int size) {
        var reader = new SseReader();
        var events = new ArrayList<String>();
        int at = 0;
        while (at < stream.length) {
            int count = Math.min(Math.min(size, reader.room()), stream.length - at);
            System.arraycopy(stream, at, reader.array(), reader.offset(), count);
            reader.received(count);
            at += count;
            while (reader.next()) {
                events.add(event(reader));
            }
        }
        if (reader.finish()) {
            events.add(event(reader));
        }
        return events;
    }

    private static String event(SseReader reader) {
        int length = reader.dataTo() - reader.dataFrom();
        return new String(reader.data(), reader.dataFrom(), length, StandardCharsets.ISO_8859_1);
    }

    @FuzzTest
    void usageIsNeverNegativeNorTooLarge(byte[] usage) {
        UsageReader.read(usage, 0, usage.length)
                .ifPresent(raw -> {
                    assertThat(raw.total()).isBetween(0L, 2 * RawUsage.COUNT_MAX);
                    assertThat(raw.cachedRead() + raw.cacheWrite())
                            .isLessThanOrEqualTo(raw.prompt());
                    assertThat(raw.reasoning()).isLessThanOrEqualTo(raw.completion());
                });
    }

    @FuzzTest
    void aRequestIsRefusedOrCanBePatchedIntoJson(byte[] body) throws JsonFaultException {
        for (var shape : RequestShape.values()) {
            var given = body.clone();
            try {
                var read = ChatRequestReader.read(given, 0, given.length, shape, null);
                read.meterText(OutputMeter.NONE);
                var patch = new BodyPatch("other", true, false, null);
                var patched = ByteSlice.join(patch.apply(read));
                var cursor = JsonCursor.strict(patched, 0, patched.length);
                cursor.skipValue();
                cursor.end();
            } catch (BodyFaultException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
            assertThat(given).isEqualTo(body);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedInputDoesNoHarm(long seed) throws JsonFaultException {
        var random = Damage.seeded(seed);
        for (int round = 0; round < ROUNDS; round++) {
            eventsAreTheSameHoweverTheirBytesAreCut(Damage.of(EVENTS, random));
            usageIsNeverNegativeNorTooLarge(Damage.of(USAGES, random));
            aRequestIsRefusedOrCanBePatchedIntoJson(Damage.of(REQUESTS, random));
        }
    }
}
