package dev.turnpike.edge.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestReaderTest {
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    @Test
    void everythingThePipelineNeedsIsFound() throws BodyFaultException {
        var request =
                read(
                        """
                        {"model": "acme/fast", "stream":true,
                         "stream_options":{"include_usage":true,"x":1},
                         "max_tokens": 50, "max_completion_tokens":40, "n":3, "user":"u1",
                         "metadata":{"k":"v\\u00e9"}, "seed": 9223372036854775807,
                         "tools":[{"type":"function"}],
                         "messages":[{"role":"system","content":"be kind"},
                          {"role":"user","content":[{"type":"text","text":"h\\u00e9"},
                           {"type":"image_url","image_url":{"url":"data:xxxx"}}]}]}
                        """);

        assertThat(request.model()).isEqualTo("acme/fast");
        assertThat(request.stream()).isTrue();
        assertThat(request.wantsUsage()).isTrue();
        assertThat(request.maxTokens()).hasValue(40);
        assertThat(request.choices()).isEqualTo(3);
        assertThat(request.user()).contains("u1");
        assertThat(request.metadata()).isEqualTo(Map.of("k", "v\u00e9"));
        assertThat(request.messageCount()).isEqualTo(2);
        assertThat(request.attachments()).isEqualTo(1);
        assertThat(request.promptBytes()).isEqualTo("be kind".length() + "h\\u00e9".length());
        assertThat(request.toolBytes()).isEqualTo("[{\"type\":\"function\"}]".length());
        var texts = new ArrayList<String>();
        request.visitText(texts::add);
        assertThat(texts).containsExactly("be kind", "h\u00e9");
    }

    @Test
    void theTextOfALongConversationIsReadInItsOrder() throws BodyFaultException {
        var messages = new ArrayList<String>();
        var said = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            said.add("text " + i);
            messages.add("{\"role\":\"user\",\"content\":\"text " + i + "\"}");

            var texts = new ArrayList<String>();
            read("{\"model\":\"m\",\"messages\":[" + String.join(",", messages) + "]}")
                    .visitText(texts::add);

            assertThat(texts).isEqualTo(said);
        }
    }

    @Test
    void aSystemPromptIsReadFirstWhereverItStands() throws BodyFaultException {
        var body =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                        + "\"system\":\"be kind\"}";
        var bytes = body.getBytes(UTF_8);

        var texts = new ArrayList<String>();
        ChatRequestReader.read(bytes, 0, bytes.length, RequestShape.MESSAGES, null)
                .visitText(texts::add);

        assertThat(texts).containsExactly("be kind", "hi");
    }

    @Test
    void aByteOrderMarkIsDropped() throws BodyFaultException {
        var request = read("\ufeff{\"model\":\"m\"," + MESSAGES + "}");

        assertThat(request.model()).isEqualTo("m");
        assertThat(ByteSlice.join(new BodyPatch("t", true, false).apply(request))[0])
                .isEqualTo((byte) '{');
    }

    @Test
    void aModelNamedWithEscapesIsStillTheModel() throws BodyFaultException {
        var request = read("{\"m\\u006fdel\":\"a\\/b\"," + MESSAGES + "}");

        assertThat(request.model()).isEqualTo("a/b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"a\",\"model\":\"b\",MSG}",
                "{\"model\":\"a\",\"mod\\u0065l\":\"b\",MSG}",
                "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"role\":\"system\"}]}",
                "{\"model\":\"a\",MSG,\"x\":{\"y\":[{\"z\":1,\"z\":2}]}}",
                "{\"model\":\"a\",MSG,\"stream_options\":{\"include_usage\":true,\"include_usage\":false}}"
            })
    void duplicateNamesAreRefusedAtEveryDepth(String body) {
        assertThat(refusal(body).reason()).isEqualTo(Reason.DUPLICATE_PARAMETER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Model\":\"b\",\"model\":\"a\",MSG}",
                "{\"model\":\"a\",MSG,\"\u017ftream\":true}",
                "{\"model\":\"a\",MSG,\"MAX_TO\\u004bENS\":5}",
                "{\"model\":\"a\",MSG,\"max_to\u212aens\":5}",
                "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"Content\":\"x\"}]}",
                "{\"model\":\"a\",MSG,\"stream_options\":{\"Include_Usage\":false}}"
            })
    void namesThatPassForKnownOnesAreRefused(String body) {
        assertThat(refusal(body).reason()).isEqualTo(Reason.UNKNOWN_PARAMETER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"model\":\"a\",MSG",
                "{\"model\":\"a\",MSG,}",
                "{\"model\":\"a\" MSG}",
                "{\"model\":\"a\",MSG} x",
                "{\"model\":\"a\",MSG}{}",
                "{\"model\":\"a\",MSG,\"x\":01}",
                "{\"model\":\"a\",MSG,\"x\":1.}",
                "{\"model\":\"a\",MSG,\"x\":-}",
                "{\"model\":\"a\",MSG,\"x\":+1}",
                "{\"model\":\"a\",MSG,\"x\":NaN}",
                "{\"model\":\"a\",MSG,\"x\":tru}",
                "{\"model\":\"a\",MSG,\"x\":'y'}",
                "{\"model\":\"a\",MSG,\"x\":\"\\q\"}",
                "{\"model\":\"a\",MSG,\"x\":\"\\u12\"}",
                "{\"model\":\"a\",MSG,\"x\":\"a\nb\"}",
                "{\"model\":\"a\",MSG,\"x\":\"\\ud800\"}",
                "{\"model\":\"a\",MSG,\"x\":\"\\ud800\\u0041\"}",
                "{\"model\":\"a\",MSG,\"x\":\"\\udc00\\ud800\"}",
                "{\"model\":\"a\",MSG,\"x\":[1,]}",
                "{\"model\":\"a\",MSG,\"x\":[1}"
            })
    void whatIsNotJsonIsRefused(String body) {
        assertThat(refusal(body).reason()).isEqualTo(Reason.INVALID_JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c3", "c0af", "eda080", "f4908080", "e28028c3", "ff", "80", "f0808080"})
    void bytesThatAreNotUtf8AreRefused(String hex) {
        var front = ("{\"model\":\"a\"," + MESSAGES + ",\"x\":\"").getBytes(UTF_8);
        var bad = HexFormat.of().parseHex(hex);
        var back = "\"}".getBytes(UTF_8);
        var body =
                ByteSlice.join(List.of(ByteSlice.of(front), ByteSlice.of(bad), ByteSlice.of(back)));

        assertThat(refusal(body).reason()).isEqualTo(Reason.INVALID_JSON);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{MSG} | MISSING_REQUIRED_PARAMETER | model",
                "{\"model\":null,MSG} | INVALID_TYPE | model",
                "{\"model\":7,MSG} | INVALID_TYPE | model",
                "{\"model\":\"\",MSG} | EMPTY_STRING | model",
                "{\"model\":\"a\"} | MISSING_REQUIRED_PARAMETER | messages",
                "{\"model\":\"a\",\"messages\":null} | INVALID_TYPE | messages",
                "{\"model\":\"a\",\"messages\":[]} | EMPTY_ARRAY | messages",
                "{\"model\":\"a\",\"messages\":[1]} | INVALID_TYPE | messages[0]",
                "{\"model\":\"a\",MSG,\"stream\":\"true\"} | INVALID_TYPE | stream",
                "{\"model\":\"a\",MSG,\"stream\":1} | INVALID_TYPE | stream",
                "{\"model\":\"a\",MSG,\"stream_options\":true} | INVALID_TYPE | stream_options",
                "{\"model\":\"a\",MSG,\"n\":0} | INTEGER_BELOW_MIN_VALUE | n",
                "{\"model\":\"a\",MSG,\"n\":129} | INTEGER_ABOVE_MAX_VALUE | n",
                "{\"model\":\"a\",MSG,\"n\":1.0} | INVALID_TYPE | n",
                "{\"model\":\"a\",MSG,\"max_tokens\":-1} | INTEGER_BELOW_MIN_VALUE |"
                        + " max_tokens",
                "{\"model\":\"a\",MSG,\"max_tokens\":99999999999} | INTEGER_ABOVE_MAX_VALUE |"
                        + " max_tokens",
                "{\"model\":\"a\",MSG,\"a.b\":1,\"a.b\":2} | DUPLICATE_PARAMETER | a.b",
                "{\"model\":\"a\",MSG,\"x\":{\"z\":1,\"\\u007a\":2}} | DUPLICATE_PARAMETER | z",
                "{\"model\":\"a\",MSG,\"max_tokens\":\"5\"} | INVALID_TYPE | max_tokens",
                "{\"model\":\"a\",MSG,\"metadata\":{\"a\":1}} | INVALID_TYPE | metadata",
                "{\"model\":\"a\",MSG,\"metadata\":[]} | INVALID_TYPE | metadata"
            })
    void wrongMembersAreRefusedByName(String body, Reason reason, String param) {
        var refusal = refusal(body);

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.param()).contains(param);
    }

    @Test
    void zeroMaxTokensIsAccepted() throws BodyFaultException {
        assertThat(read("{\"model\":\"a\",\"max_tokens\":0," + MESSAGES + "}").maxTokens())
                .hasValue(0);
    }

    @Test
    void moreThanSixteenPairsOfMetadataAreRefused() {
        var pairs = new StringBuilder();
        for (int i = 0; i < 17; i++) {
            pairs.append(i == 0 ? "" : ",").append("\"k" + i + "\":\"v\"");
        }

        var refusal = refusal("{\"model\":\"a\",MSG,\"metadata\":{" + pairs + "}}");

        assertThat(refusal.param()).contains("metadata");
        assertThat(refusal.reason()).isEqualTo(Reason.OBJECT_ABOVE_MAX_PROPERTIES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata\":{\"k\":\"%s\"}", "user\":\"%s\"", "model\":\"%s\""})
    void textsThatAreTooLongAreRefusedAsThat(String member) {
        var text = "x".repeat(ChatRequestReader.METADATA_CHARS_MAX + 1);
        var body = "{" + MESSAGES + ",\"" + member.formatted(text) + "}";

        assertThat(refusal(body).reason()).isEqualTo(Reason.STRING_ABOVE_MAX_LENGTH);
    }

    @Test
    void aNameThatIsNotPlainIsNotSaidBack() {
        var refusal = refusal("{\"model\":\"a\",MSG,\"a b\":1,\"a b\":2}");

        assertThat(refusal.reason()).isEqualTo(Reason.DUPLICATE_PARAMETER);
        assertThat(refusal.param()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"background", "conversation"})
    void whatOutlivesTheAnswerIsAnUnsupportedParameterOfResponses(String name) {
        var body = bytes("{\"model\":\"a\",\"input\":\"x\",\"" + name + "\":true}");

        var refusal =
                catchThrowableOfType(
                        BodyFaultException.class,
                        () ->
                                ChatRequestReader.read(
                                        body, 0, body.length, RequestShape.RESPONSES, null));

        assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED_PARAMETER);
    }

    @Test
    void metadataMayBeAsLongAsOpenAiTakesIt() throws BodyFaultException {
        var pairs = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            pairs.append(i == 0 ? "" : ",")
                    .append("\"" + (char) ('a' + i) + "\u00e9".repeat(63) + "\":\"")
                    .append("\\u00e9".repeat(512) + "\"");
        }
        var request = read("{\"model\":\"a\"," + MESSAGES + ",\"metadata\":{" + pairs + "}}");

        // What is written down stays bounded: whole pairs, the first ones.
        assertThat(request.metadata()).hasSize(1);
        assertThat(request.metadata().keySet().iterator().next()).startsWith("a\u00e9");
        assertThat(request.unrecorded()).hasSize(15);
        assertThat(request.unrecorded().getFirst()).startsWith("metadata.b\u00e9");
        assertThat(
                        refusal(
                                        "{\"model\":\"a\",MSG,\"metadata\":{\"k\":\""
                                                + "x".repeat(9_216)
                                                + "\"}}")
                                .param())
                .contains("metadata");
    }

    @Test
    void depthSixtyFourIsAcceptedAndSixtyFiveIsNot() throws BodyFaultException {
        read("{\"model\":\"a\"," + MESSAGES + ",\"x\":" + nested(63) + "}");

        assertThat(refusal("{\"model\":\"a\",MSG,\"x\":" + nested(64) + "}").reason())
                .isEqualTo(Reason.INVALID_JSON);
    }

    @Test
    void depthTenThousandIsRefusedWithoutAStackOverflow() {
        assertThat(refusal("{\"model\":\"a\",\"messages\":" + "[".repeat(10_000)).reason())
                .isNotNull();
        assertThat(refusal("[".repeat(10_000)).reason()).isEqualTo(Reason.INVALID_JSON);
    }

    @Test
    void aNumberOfTenMillionDigitsIsRefused() {
        var body = ("{\"model\":\"a\"," + MESSAGES + ",\"x\":").getBytes(UTF_8);
        var long10m = Arrays.copyOf(body, body.length + 10_000_000);
        Arrays.fill(long10m, body.length, long10m.length, (byte) '9');

        assertThat(refusal(long10m).getMessage()).contains("number is too long");
    }

    @Test
    void aMillionNamesAreRefused() {
        var body = new StringBuilder("{\"model\":\"a\"");
        for (int i = 0; i < 1_000_000; i++) {
            body.append(",\"k").append(i).append("\":1");
        }

        assertThat(refusal(body.append('}').toString()).getMessage()).contains("too many values");
    }

    @Test
    void otherShapesNeedTheirOwnPrompt() throws BodyFaultException {
        var body = "{\"model\":\"e\",\"input\":[[1,2,3],[4]],\"encoding_format\":\"base64\"}";
        var request =
                ChatRequestReader.read(
                        bytes(body), 0, body.length(), RequestShape.EMBEDDINGS, null);

        assertThat(request.promptTokenIds()).isEqualTo(4);
        assertThat(request.base64Vectors()).isTrue();
        assertThat(request.maxTokens()).hasValue(0);
        assertThat(request.countable()).isTrue();
    }

    @Test
    void aModelInTheUrlCountsAndIsPutIntoTheBody() throws BodyFaultException {
        for (var model : List.of("", ",\"model\":\"other\"", ",\"model\":\"\"")) {
            var body = "{" + MESSAGES + model + "}";
            var request =
                    ChatRequestReader.read(
                            bytes(body), 0, body.length(), RequestShape.CHAT, "acme/x");
            assertThat(request.model()).isEqualTo("acme/x");
            var sent = ByteSlice.join(new BodyPatch("up", true, false).apply(request));
            assertThat(ChatRequestReader.read(sent).model()).isEqualTo("up");
        }
        var empty = ChatRequestReader.read(bytes("{ }"), 0, 3, RequestShape.OTHER, "acme/x");
        assertThat(ByteSlice.join(new BodyPatch("up", true, false).apply(empty)))
                .isEqualTo(bytes("{\"model\":\"up\" }"));
        assertThat(empty.countable()).isFalse();
    }

    @Test
    void aResponseMayContinueAnotherButNotRunBehindOurBack() throws BodyFaultException {
        var body = "{\"model\":\"e\",\"previous_response_id\":\"resp_1\",\"stream\":true%s}";
        var plain = body.formatted(",\"background\":false,\"conversation\":null");
        var request =
                ChatRequestReader.read(
                        bytes(plain), 0, plain.length(), RequestShape.RESPONSES, null);
        var sent = ByteSlice.join(new BodyPatch("up", true, false, "r9").apply(request));

        assertThat(request.previousResponse()).contains("resp_1");
        assertThat(new String(sent, UTF_8))
                .contains("\"previous_response_id\":\"r9\"")
                .doesNotContain("stream_options");
        for (var more : List.of(",\"background\":true", ",\"conversation\":{\"id\":\"c\"}")) {
            var refused = bytes(body.formatted(more));
            assertThat(
                            catchThrowableOfType(
                                    BodyFaultException.class,
                                    () ->
                                            ChatRequestReader.read(
                                                    refused,
                                                    0,
                                                    refused.length,
                                                    RequestShape.RESPONSES,
                                                    null)))
                    .hasMessageContaining("not supported");
        }
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static ChatRequest read(String body) throws BodyFaultException {
        return ChatRequestReader.read(bytes(body));
    }

    private static BodyFaultException refusal(String body) {
        return refusal(bytes(body.replace("MSG", MESSAGES)));
    }

    private static BodyFaultException refusal(byte[] body) {
        var refusal =
                catchThrowableOfType(BodyFaultException.class, () -> ChatRequestReader.read(body));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
