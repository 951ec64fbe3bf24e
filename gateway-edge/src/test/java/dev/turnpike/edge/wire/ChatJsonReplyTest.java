package dev.turnpike.edge.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatJsonReplyTest {
    private static final String USAGE =
            ",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}";
    private static final String CHOICES =
            "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"h\\u00e9\"},"
                    + "\"finish_reason\":\"stop\"}]";

    @Test
    void onlyTheModelChanges() throws JsonFaultException {
        var sent = "\n\n {\"id\":\"x\", \"model\" : \"up-1\"," + CHOICES + USAGE + ",\"seed\":1.0}";

        var reply = read(sent, OutputMeter.NONE);

        assertThat(body(reply)).isEqualTo(sent.strip().replace("up-1", "acme/fast"));
        assertThat(reply.usage()).contains(new RawUsage(3, 0, 0, 2, 0, false));
        assertThat(reply.finishReason()).contains("stop");
        assertThat(reply.failed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "CHAT|'id':'chatcmpl-1','object':'chat.completion','created':9,'model':'acme/fast',",
                "TEXT|'id':'cmpl-1','object':'text_completion','created':9,'model':'acme/fast',",
                "RESPONSE|'id':'resp_1','object':'response','created_at':9,'model':'acme/fast',",
                "VECTORS|'object':'list','model':'acme/fast',",
                "OTHER|~~"
            })
    void whatAnAnswerDoesNotSayOfItselfIsFilledIn(AnswerHead.Kind kind, String head)
            throws JsonFaultException {
        assertThat(body(read("{" + CHOICES + "}", kind)))
                .isEqualTo("{" + head.replace('\'', '"') + CHOICES + "}");
    }

    @Test
    void whatIsNoneIsReplacedWhereItStandsAndWhatIsThereStays() throws JsonFaultException {
        var odd = "{\"created\":1.5,\"id\":null," + CHOICES + ",\"model\":null,\"object\":\"\"}";
        var fine =
                "{ \"object\":\"x\",\"created\":0,\"id\":\"a\",\"model\":\"acme/fast\","
                        + CHOICES
                        + "}";

        assertThat(body(read(odd, AnswerHead.Kind.CHAT)))
                .isEqualTo(
                        "{\"created\":9,\"id\":\"chatcmpl-1\","
                                + CHOICES
                                + ",\"model\":\"acme/fast\",\"object\":\"chat.completion\"}");
        assertThat(body(read(fine, AnswerHead.Kind.CHAT))).isEqualTo(fine);
        assertThat(body(read("{\"x_a\":1}", AnswerHead.Kind.VECTORS)))
                .isEqualTo("{\"object\":\"list\",\"model\":\"acme/fast\"}");
    }

    @Test
    void vectorsGetTheNameAndThePlaceThatClientsSortThemBy() throws JsonFaultException {
        var sent = "{\"data\":[{\"embedding\":[1.0]},{\"index\":1,\"embedding\":[2]},{}]}";

        assertThat(body(read(sent, AnswerHead.Kind.VECTORS)))
                .endsWith(
                        "\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[1.0]},"
                                + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[2]},"
                                + "{\"object\":\"embedding\",\"index\":2}]}");
    }

    @Test
    void textIsMeteredOnlyWhenUsageIsMissing() throws JsonFaultException {
        var metered = new StringBuilder();
        OutputMeter meter = (json, from, to) -> metered.append(JsonText.decode(json, from, to));

        read("{" + CHOICES + USAGE + "}", meter);
        assertThat(metered).isEmpty();

        assertThat(read("{" + CHOICES + "}", meter).usage()).isEmpty();
        assertThat(metered.toString()).isEqualTo("h\u00e9");
    }

    @Test
    void missingIndexAndAbortAreRepaired() throws JsonFaultException {
        var sent = "{" + CHOICES.replace("\"index\":0,", "").replace("\"stop\"", "\"abort\"") + "}";

        assertThat(body(read(sent, OutputMeter.NONE))).isEqualTo("{" + CHOICES + "}");
    }

    @Test
    void anErrorWithStatus200IsNoticed() throws JsonFaultException {
        assertThat(read("{\"error\":{\"message\":\"x\"}}", OutputMeter.NONE).failed()).isTrue();
        assertThat(read("{\"error\":null,\"model\":\"m\"}", OutputMeter.NONE).failed()).isFalse();
    }

    @Test
    void whatAProviderAddsInItsOwnNameIsTakenOut() throws JsonFaultException {
        var sent =
                "{\"provider\":\"Novita\",\"model\":\"up-1\","
                        + CHOICES
                        + ",\"x_groq\":{\"id\":\"req_1\"},\"provider\":\"x\"}";

        assertThat(body(read(sent, OutputMeter.NONE)))
                .isEqualTo("{\"model\":\"acme/fast\"," + CHOICES + "}");
        assertThat(body(read("{\"x_a\":1}", OutputMeter.NONE))).isEqualTo("{}");
    }

    @Test
    void theWordsOfAFailureInsideAnAnswerAreCleaned() throws JsonFaultException {
        var sent =
                "{\"status\":\"failed\",\"error\":{\"code\":\"server_error\","
                        + "\"provider\":\"X\",\"message\":\"up-1 failed, see help.openai.com\"}}";

        assertThat(body(read(sent, OutputMeter.NONE)))
                .isEqualTo(
                        "{\"status\":\"failed\",\"error\":{\"code\":\"server_error\","
                                + "\"message\":\"acme/fast failed, see [removed]\"}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'sk-1 at up'|{'code':'server_error','message':'OURS'}",
                "['sk-1']|{'code':'server_error','message':'OURS'}",
                "{'message':{'text':'sk-1'},'type':['sk-1'],'code':17,'param':null}"
                        + "|{'message':'OURS','type':null,'code':null,'param':null}",
                "null|null"
            })
    void aResponseThatFailedTellsItWithoutWhatCannotBeCleaned(String error, String shown)
            throws JsonFaultException {
        var sent = "{'status':'failed','error':" + error + ",'output':[]}";

        var reply = response(sent);

        assertThat(reply.failed()).isTrue();
        assertThat(reply.tellsFailure()).isTrue();
        assertThat(body(reply).replace('"', '\''))
                .endsWith(
                        "'status':'failed','error':"
                                + shown.replace("OURS", "the provider could not answer the request")
                                + ",'output':[]}");
    }

    @Test
    void anAnswerThatNeedsRepairsWithoutEndIsRefused() throws JsonFaultException {
        int most = ChatJsonReply.REPAIRS_MAX - 2; // The head needs one, and then some.

        assertThat(body(read(vectors(most), AnswerHead.Kind.VECTORS)))
                .contains("\"index\":" + (most - 1));
        assertThatThrownBy(() -> read(vectors(most + 2), AnswerHead.Kind.VECTORS))
                .isInstanceOf(JsonFaultException.class);
    }

    private static String vectors(int count) {
        return "{\"data\":[{}" + ",{}".repeat(count - 1) + "]}";
    }

    @ParameterizedTest
    @CsvSource({"CHAT,true", "TEXT,true", "VECTORS,false", "OTHER,false"})
    void aCompletionWithoutChoicesIsNoAnswer(AnswerHead.Kind kind, boolean failed)
            throws JsonFaultException {
        for (var choices : new String[] {"", "\"choices\":null", "\"choices\":{}"}) {
            assertThat(read("{" + choices + "}", kind).failed()).isEqualTo(failed);
        }
        assertThat(read("{\"choices\":[]}", kind).failed()).isFalse();
    }

    @Test
    void anIndexOfNullIsNone() throws JsonFaultException {
        var vectors = "{\"data\":[{\"object\":\"embedding\",\"index\":0},{\"index\":null}]}";

        assertThat(body(read("{" + CHOICES.replace("\"index\":0", "\"index\":null") + "}")))
                .isEqualTo("{" + CHOICES + "}");
        assertThat(body(read(vectors, AnswerHead.Kind.VECTORS)))
                .endsWith("{\"object\":\"embedding\",\"index\":1}]}");
    }

    @Test
    void ofAMemberThatIsThereTwiceTheLastCounts() throws JsonFaultException {
        var sent =
                "{'id':'a','id':null,'object':7,'object':'x','created':1,'created':-1,'model':'m',";

        assertThat(body(read(sent.replace('\'', '"') + CHOICES + "}", AnswerHead.Kind.CHAT)))
                .isEqualTo(
                        "{'id':'a','id':'chatcmpl-1','object':7,'object':'x','created':1,'created':9,'model':'acme/fast',"
                                        .replace('\'', '"')
                                + CHOICES
                                + "}");
    }

    @ParameterizedTest
    @CsvSource({
        "5.25,5.25",
        "0,0",
        "1755689012.123456,1755689012.123456",
        "-1.5,9",
        "5e3,9",
        "true,9",
        "1.5e3,9"
    })
    void theTimeOfAResponseMayHaveAFraction(String sent, String shown) throws JsonFaultException {
        assertThat(body(response("{'created_at':" + sent + "}")))
                .contains("\"created_at\":" + shown + "}");
    }

    @Test
    void whatIsNoJsonObjectIsRefused() {
        for (var body : new String[] {"", "[]", "<html>", "{\"a\":1", "{} {}"}) {
            assertThatThrownBy(() -> read(body, OutputMeter.NONE))
                    .isInstanceOf(JsonFaultException.class);
        }
    }

    private static ChatJsonReply read(String body) throws JsonFaultException {
        return read(body, OutputMeter.NONE);
    }

    private static ChatJsonReply response(String body) throws JsonFaultException {
        var bytes = body.replace('\'', '"').getBytes(UTF_8);
        var head = new AnswerHead(AnswerHead.Kind.RESPONSE, "1", 9);
        var view = new ReplyView("acme/fast", "up-1", head, false, id -> id, false);
        return ChatJsonReply.read(bytes, 0, bytes.length, view, OutputMeter.NONE);
    }

    private static ChatJsonReply read(String body, OutputMeter meter) throws JsonFaultException {
        var bytes = body.getBytes(UTF_8);
        return ChatJsonReply.read(bytes, 0, bytes.length, ReplyView.of("acme/fast", "up-1"), meter);
    }

    private static ChatJsonReply read(String body, AnswerHead.Kind kind) throws JsonFaultException {
        var bytes = body.getBytes(UTF_8);
        var head = new AnswerHead(kind, "1", 9);
        var view = new ReplyView("acme/fast", "up-1", head, false, null, false);
        return ChatJsonReply.read(bytes, 0, bytes.length, view, OutputMeter.NONE);
    }

    private static String body(ChatJsonReply reply) {
        return new String(ByteSlice.join(reply.body()), UTF_8);
    }
}
