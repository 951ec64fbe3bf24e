package dev.turnpike.edge.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.wire.ChatStreamRelay.StreamView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatStreamRelayTest {
    private static final String HEAD =
            "\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":";
    private static final AnswerHead HEAD_OF_OURS =
            new AnswerHead(AnswerHead.Kind.CHAT_CHUNK, "req-1", 9);
    private static final String FIRST =
            chunk("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}");
    private static final String HELLO = chunk("{\"index\":0,\"delta\":{\"content\":\"Hello\"}}");
    private static final String STOP =
            chunk("{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}");
    private static final String COUNTS =
            "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}";
    private static final String USAGE =
            "data: {" + HEAD + "\"up-1\",\"choices\":[],\"usage\":" + COUNTS + "}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final RawUsage ESTIMATE = new RawUsage(11, 0, 0, 22, 0, false);

    @Test
    void aStreamWithoutFaultsStaysByteIdenticalButForTheModel() throws IOException {
        var sent = FIRST + HELLO + STOP + USAGE + DONE;

        var relayed = relay(sent, true);

        assertThat(relayed.text).isEqualTo(sent.replace("up-1", "acme/fast"));
        assertThat(relayed.end.whole()).isTrue();
        assertThat(relayed.end.usage()).isEqualTo(new RawUsage(3, 0, 0, 2, 0, false));
        assertThat(relayed.end.estimated()).isFalse();
        assertThat(relayed.end.finishReason()).contains("stop");
        assertThat(relayed.metered).isEqualTo("Hello");
    }

    @Test
    void usageIsHiddenFromClientsThatDidNotAsk() throws IOException {
        var relayed = relay(FIRST + HELLO + STOP + USAGE + DONE, false);

        assertThat(relayed.text).isEqualTo(shown(FIRST + HELLO + STOP + DONE));
        assertThat(relayed.end.usage().prompt()).isEqualTo(3);
    }

    @Test
    void usageOnEveryChunkIsTakenOutAndTheLastOneCounts() throws IOException {
        var early = "{\"prompt_tokens\":3,\"completion_tokens\":0,\"total_tokens\":3}";
        var sent =
                withUsage(FIRST, early) + withUsage(HELLO, early) + withUsage(STOP, COUNTS) + DONE;

        assertThat(relay(sent, false).text).isEqualTo(shown(FIRST + HELLO + STOP + DONE));
        var wanted = relay(sent, true);
        assertThat(wanted.end.usage().completion()).isEqualTo(2);
        assertThat(wanted.text)
                .contains("\"usage\":null")
                .endsWith(
                        "\"choices\":[],\"usage\":"
                                + text(new RawUsage(3, 0, 0, 2, 0, false).toChatJson())
                                + "}\n\n"
                                + DONE);
    }

    @Test
    void missingUsageIsEstimatedAndShownToThoseWhoAsked() throws IOException {
        var relayed = relay(FIRST + HELLO + STOP + DONE, true);

        assertThat(relayed.end.estimated()).isTrue();
        assertThat(relayed.end.usage()).isEqualTo(ESTIMATE);
        assertThat(relayed.text).contains("\"prompt_tokens\":11").endsWith("}\n\n" + DONE);
    }

    @Test
    void chunksAfterTheUsageChunkComeBeforeIt() throws IOException {
        var relayed = relay(FIRST + USAGE + HELLO + STOP + DONE, true);

        assertThat(relayed.text).isEqualTo(shown(FIRST + HELLO + STOP + USAGE + DONE));
    }

    @Test
    void aUsageChunkWithoutChoicesGetsThem() throws IOException {
        var sent = "data: {" + HEAD + "\"up-1\",\"usage\":" + COUNTS + "}\n\n";

        assertThat(relay(FIRST + STOP + sent + DONE, true).text)
                .contains("\"choices\":[]")
                .doesNotContain("up-1");
    }

    @Test
    void laterNonsenseDoesNotReplaceAGoodCount() throws IOException {
        var bad = USAGE.replace("\"prompt_tokens\":3", "\"prompt_tokens\":-3");

        assertThat(relay(FIRST + STOP + USAGE + bad + DONE, false).end.usage().prompt())
                .isEqualTo(3);
    }

    @Test
    void anEmptyErrorKeyIsTakenOut() throws IOException {
        var sent = HELLO.replace("\"choices\"", "\"error\":null,\"choices\"");
        var last = HELLO.replace("]}\n", "],\"usage\":null,\"error\":null}\n");

        assertThat(relay(FIRST + sent + last + STOP + DONE, false).text)
                .isEqualTo(shown(FIRST + HELLO + HELLO + STOP + DONE));
    }

    @Test
    void theFirstDeltaGetsARoleAndLaterOnesLoseIt() throws IOException {
        var again = HELLO.replace("\"content\"", "\"role\":\"assistant\",\"content\"");
        var empty = HELLO.replace("\"content\"", "\"role\":\"\",\"content\"");

        assertThat(relay(HELLO + again + STOP + DONE, false).text)
                .isEqualTo(shown(again + HELLO + STOP + DONE));
        assertThat(relay(empty + STOP + DONE, false).text).isEqualTo(shown(again + STOP + DONE));
    }

    @Test
    void toolCallsGetTheirIndexAndLoseRepetitions() throws IOException {
        var one =
                tool(
                        "{\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}");
        var more = tool("{\"id\":\"t1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}");
        var two = tool("{\"id\":\"t2\",\"function\":{\"name\":\"g\",\"arguments\":\"1\"}}");

        var relayed = relay(FIRST + one + more + two + DONE, false);

        assertThat(relayed.text)
                .contains("[{\"index\":0,\"id\":\"t1\",\"type\"")
                .contains("[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]")
                .contains("[{\"index\":1,\"id\":\"t2\",\"function\":{\"name\":\"g\"")
                .contains("\"finish_reason\":\"tool_calls\"");
    }

    @Test
    void aMissingChoiceIndexIsAdded() throws IOException {
        var sent = HELLO.replace("\"index\":0,", "");

        assertThat(relay(FIRST + sent + STOP + DONE, false).text)
                .isEqualTo(shown(FIRST + HELLO + STOP + DONE));
    }

    @Test
    void whatAStreamDoesNotSayOfItselfIsFilledInTheSameOnEveryChunk() throws IOException {
        var sent = FIRST + HELLO + STOP + USAGE + DONE;
        var ours =
                HEAD.replace("\"c1\"", "\"chatcmpl-req-1\"").replace("7", "9") + "\"acme/fast\",";

        var relayed = relay(sent.replace(HEAD + "\"up-1\",", ""), true);

        assertThat(relayed.text).isEqualTo(sent.replace(HEAD + "\"up-1\",", ours));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "17", "{}", "\"c2\""})
    void anIdThatIsNoneOrAnotherBecomesTheStreams(String id) throws IOException {
        var odd = HELLO.replace("\"c1\"", id);

        assertThat(relay(FIRST + odd + STOP + DONE, false).text)
                .isEqualTo(shown(FIRST + HELLO + STOP + DONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"7\"", "7.5", "-7", "7e9"})
    void aTimeThatIsNoWholeNumberBecomesTheStreams(String created) throws IOException {
        var odd = HELLO.replace("\"created\":7", "\"created\":" + created);

        assertThat(relay(FIRST + odd + STOP + DONE, false).text)
                .isEqualTo(shown(FIRST + HELLO + STOP + DONE));
    }

    @Test
    void anIdOfOursStaysToTheEndAndAChunkThatNobodySeesGivesNone() throws IOException {
        var hollow = "data: {\"id\":\"\",\"choices\":[]}\n\n";
        var filter = "data: {\"id\":\"\",\"choices\":[],\"prompt_filter_results\":[{}]}\n\n";

        assertThat(relay(hollow + FIRST + STOP + DONE, false).text)
                .isEqualTo(shown(FIRST + STOP + DONE));
        assertThat(relay(filter + FIRST + HELLO + DONE, false).text)
                .doesNotContain("\"c1\"")
                .satisfies(text -> assertThat(text.split("chatcmpl-req-1", -1)).hasSize(5));
    }

    @Test
    void aChunkThatNobodySeesGivesNeitherIdNorTime() throws IOException {
        var hollow = "data: {\"id\":\"abc\",\"created\":1,\"choices\":[]}\n\n";
        var bare = HELLO.replace("\"created\":7,", "");

        assertThat(relay(hollow + FIRST + bare + STOP + DONE, false).text)
                .doesNotContain("abc", "\"created\":1,")
                .contains("\"id\":\"c1\"");
    }

    @Test
    void twoChoicesAreTrackedApart() throws IOException {
        var second = HELLO.replace("\"index\":0", "\"index\":1");

        var relayed = relay(FIRST + second + STOP + DONE, false);

        assertThat(relayed.text)
                .contains("\"index\":1,\"delta\":{\"role\":\"assistant\",\"content\":\"Hello\"}")
                .contains("{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}");
    }

    @Test
    void abortBecomesStop() throws IOException {
        var sent = STOP.replace("\"stop\"", "\"abort\"");

        assertThat(relay(FIRST + sent + DONE, false).text).isEqualTo(shown(FIRST + STOP + DONE));
    }

    @Test
    void aMissingFinishReasonIsAddedBeforeDone() throws IOException {
        var relayed = relay(FIRST + HELLO + DONE, false);

        assertThat(relayed.text)
                .contains("{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}")
                .endsWith(DONE);
        assertThat(relayed.end.whole()).isTrue();
    }

    @Test
    void missingDoneAndMissingBlankLineAreAdded() throws IOException {
        assertThat(relay(FIRST + HELLO + STOP, false).text)
                .isEqualTo(shown(FIRST + HELLO + STOP + DONE));
        assertThat(relay((FIRST + HELLO + STOP).stripTrailing(), false).text)
                .isEqualTo(shown(FIRST + HELLO + STOP + DONE));
    }

    @Test
    void preambleWithoutPayloadIsDroppedAndWithPayloadKept() throws IOException {
        var hollow = "data: {" + HEAD + "\"up-1\",\"choices\":[]}\n\n";
        var filter =
                "data: {" + HEAD + "\"up-1\",\"choices\":[],\"prompt_filter_results\":[{}]}\n\n";

        assertThat(relay(hollow + filter + FIRST + STOP + DONE, false).text)
                .isEqualTo(shown(filter + FIRST + STOP + DONE));
    }

    @Test
    void oddFramingIsMadePlain() throws IOException {
        var odd =
                "\ufeff: comment\r\nid: 5\r\nretry: 9\r\nevent: x\r\n"
                        + FIRST.replace("data: ", "data:").replace("\n\n", "\r\n\r\n")
                        + "data:\n\n"
                        + HELLO.replace("\n\n", "\r\r")
                        + STOP.replace(",\"object\"", ",\r\ndata: \"object\"")
                        + ": bye\n\n"
                        + DONE;

        assertThat(relay(odd, false).text)
                .isEqualTo(
                        shown(FIRST + HELLO + STOP.replace(",\"object\"", ", \"object\"") + DONE));
    }

    @Test
    void anErrorEventFailsTheStreamWithoutDone() throws IOException {
        var error =
                "data: {\"error\":{\"message\":\"OpenAI sk-abcdef1234567 exploded\",\"code\":500}}\n\n";

        var relayed = relay(FIRST + HELLO + error + DONE, true);

        assertThat(relayed.end.failure()).containsInstanceOf(StreamFailure.Reported.class);
        assertThat(relayed.text)
                .startsWith(shown(FIRST + HELLO) + "event: error\ndata: {\"error\":")
                .endsWith("\"code\":\"upstream_error\"}}\n\n")
                .doesNotContain("sk-abc", "OpenAI", "[DONE]");
    }

    @Test
    void aCutStreamFailsAndNeverLooksWhole() throws IOException {
        for (var sent : new String[] {FIRST + HELLO, FIRST + HELLO.substring(0, 30), ""}) {
            var relayed = relay(sent, true);
            assertThat(relayed.end.failure()).contains(new StreamFailure.Truncated());
            assertThat(relayed.text).contains("\"error\":").doesNotContain("[DONE]");
        }
        assertThat(relay(FIRST + STOP, true, false, Integer.MAX_VALUE).end.whole()).isFalse();
    }

    @Test
    void garbageFailsTheStream() throws IOException {
        assertThat(relay(FIRST + "data: <html>\n\n", true).end.failure())
                .containsInstanceOf(StreamFailure.Malformed.class);
    }

    @Test
    void anEventBeyondTheCapFailsTheStream() throws IOException {
        var relay = relay(new StringBuilder(), 64 * 1024);
        var line = new byte[1_000];
        Arrays.fill(line, (byte) 'x');
        int room = relay.room();
        long fed = 0;
        while (room > 0 && fed < 10_000_000) {
            int count = Math.min(room, line.length);
            System.arraycopy(line, 0, relay.array(), relay.offset(), count);
            relay.relay(count, (bytes, offset, length) -> {});
            fed += count;
            room = relay.room();
        }

        assertThat(fed).isLessThan(70_000);
        assertThat(relay.conclude(false).failure()).contains(new StreamFailure.TooLarge());
    }

    @Test
    void aCutForBudgetEndsWithLength() throws IOException {
        var sink = new ByteArrayOutputStream();
        var relay = relay(new StringBuilder(), SseReader.EVENT_BYTES_MAX);
        feed(relay, (FIRST + HELLO).getBytes(UTF_8), 100, sink);

        var end = relay.cut();

        assertThat(end.finishReason()).contains("length");
        assertThat(end.tail().utf8()).contains("\"finish_reason\":\"length\"").endsWith(DONE);
    }

    @Test
    void separatorsOfOtherStandardsAndDoneInTextAreJustText() throws IOException {
        var odd = HELLO.replace("Hello", "\u2028\u2029\u0085 \\n\\ndata: [DONE]");

        assertThat(relay(FIRST + odd + STOP + DONE, false).text)
                .isEqualTo(shown(FIRST + odd + STOP + DONE));
    }

    @Test
    void bytesThatAreNotUtf8PassUnchanged() throws IOException {
        var sent = (FIRST + HELLO + STOP + DONE).getBytes(UTF_8);
        int at = text(sent).indexOf("Hello");
        sent[at] = (byte) 0xff;
        var sink = new ByteArrayOutputStream();
        var relay = relay(new StringBuilder(), SseReader.EVENT_BYTES_MAX);

        feed(relay, sent, 7, sink);

        assertThat(sink.toByteArray()).contains(0xff).hasSizeGreaterThan(100);
    }

    @Test
    void anySplitGivesTheSameResult() throws IOException {
        var sent =
                withUsage(HELLO, COUNTS).replace("Hello", "\ud83d\ude00 \u00e9")
                        + ": x\r\n\r\n"
                        + tool("{\"id\":\"t1\",\"function\":{\"name\":\"f\"}}")
                        + STOP.replace("\n", "\r\n")
                        + USAGE
                        + DONE;
        var whole = relay(sent, true);
        for (int at = 0; at < sent.getBytes(UTF_8).length; at++) {
            var split = relay(sent, true, true, at);
            assertThat(split.text).as("split at %d", at).isEqualTo(whole.text);
            assertThat(split.end.usage()).isEqualTo(whole.end.usage());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomSplitsOfDamagedStreamsNeverThrowAndAgree(long seed) throws IOException {
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            var sent = (FIRST + HELLO + USAGE + STOP + DONE).getBytes(UTF_8);
            for (int i = random.nextInt(4); i > 0; i--) {
                sent[random.nextInt(sent.length)] = (byte) random.nextInt(256);
            }
            var one = new ByteArrayOutputStream();
            var first = relay(new StringBuilder(), SseReader.EVENT_BYTES_MAX);
            feed(first, sent, Integer.MAX_VALUE, one);
            one.writeBytes(first.conclude(true).tail().array());
            var two = new ByteArrayOutputStream();
            var second = relay(new StringBuilder(), SseReader.EVENT_BYTES_MAX);
            feed(second, sent, 1 + random.nextInt(40), two);
            two.writeBytes(second.conclude(true).tail().array());
            assertThat(two.toByteArray())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(one.toByteArray());
        }
    }

    private record Relayed(String text, StreamEnd end, String metered) {}

    private static Relayed relay(String sent, boolean wants) throws IOException {
        return relay(sent, wants, true, Integer.MAX_VALUE);
    }

    /** Relays in two parts, split at that byte. */
    private static Relayed relay(String sent, boolean wants, boolean clean, int splitAt)
            throws IOException {
        var metered = new StringBuilder();
        var relay =
                new ChatStreamRelay(
                        new StreamView("acme/fast", "up-1", wants, HEAD_OF_OURS),
                        (json, from, to) -> metered.append(JsonText.decode(json, from, to)),
                        () -> ESTIMATE,
                        () -> 42);
        var sink = new ByteArrayOutputStream();
        var bytes = sent.getBytes(UTF_8);
        int at = Math.min(splitAt, bytes.length);
        feed(relay, Arrays.copyOf(bytes, at), Integer.MAX_VALUE, sink);
        feed(relay, Arrays.copyOfRange(bytes, at, bytes.length), Integer.MAX_VALUE, sink);
        var end = relay.conclude(clean);
        sink.writeBytes(ByteSlice.join(List.of(end.tail())));
        return new Relayed(sink.toString(UTF_8), end, metered.toString());
    }

    private static ChatStreamRelay relay(StringBuilder metered, int eventBytesMax) {
        return new ChatStreamRelay(
                new StreamView("acme/fast", "up-1", true, HEAD_OF_OURS),
                (json, from, to) -> metered.append(JsonText.decode(json, from, to)),
                () -> ESTIMATE,
                () -> 42,
                eventBytesMax);
    }

    private static void feed(
            ChatStreamRelay relay, byte[] bytes, int step, ByteArrayOutputStream sink)
            throws IOException {
        int at = 0;
        while (at < bytes.length && !relay.over()) {
            int count = Math.min(Math.min(step, relay.room()), bytes.length - at);
            System.arraycopy(bytes, at, relay.array(), relay.offset(), count);
            relay.relay(count, sink::write);
            at += count;
        }
    }

    private static String chunk(String choice) {
        return "data: {" + HEAD + "\"up-1\",\"choices\":[" + choice + "]}\n\n";
    }

    private static String tool(String call) {
        return chunk("{\"index\":0,\"delta\":{\"tool_calls\":[" + call + "]}}");
    }

    private static String withUsage(String chunk, String usage) {
        return chunk.replace("]}\n", "],\"usage\":" + usage + "}\n");
    }

    private static String shown(String sent) {
        return sent.replace("up-1", "acme/fast");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
