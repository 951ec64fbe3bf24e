package dev.turnpike.edge.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of input, in both encodings, to upstreams that know base64 and that do not. */
class EmbeddingsTest {
    private static final String FLOATS = "[1.0,-2.5]";
    private static final String BASE64 = "\"AACAPwAAIMA=\"";

    private static final Target TARGET =
            new Target(
                    Provider.OPENAI_COMPATIBLE,
                    null,
                    "up",
                    null,
                    null,
                    null,
                    0,
                    1,
                    Timeouts.DEFAULT,
                    Map.of());

    private static final StoredIds NOTHING_STORED =
            new StoredIds() {
                @Override
                public String shown(String targetId) {
                    return targetId;
                }

                @Override
                public Optional<String> known(String shownId) {
                    return Optional.empty();
                }
            };

    private static TargetForm form(String members) throws BodyFaultException {
        var body = ("{\"model\":\"acme/embed\"," + members + "}").getBytes(StandardCharsets.UTF_8);
        var content = new IncomingBody.Whole(body);
        return new OpenAiProtocol(OpenAiRoute.EMBEDDINGS)
                .read(new Incoming(content, name -> Optional.empty(), "", null))
                .form(TARGET, new TargetTerms("up", false, Set.of(), NOTHING_STORED));
    }

    private static String vector(TargetForm form, String sent) throws JsonFaultException {
        var answer =
                ("{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                                + "\"embedding\":"
                                + sent
                                + "}],\"model\":\"up\",\"usage\":{\"prompt_tokens\":4,"
                                + "\"total_tokens\":4}}")
                        .getBytes(StandardCharsets.UTF_8);
        var view = new AnswerView("acme/embed", "up", "1", 7);
        var whole = form.whole(answer, view, OutputMeter.NONE);
        assertThat(whole.usage().orElseThrow().prompt()).isEqualTo(4);
        assertThat(whole.usage().orElseThrow().completion()).isZero();
        return Json.parse(ByteSlice.join(whole.body())).at("/data/0/embedding").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "[\"a\",\"b\"]", "[1,2,3]", "[[1,2],[3]]"})
    void everyKindOfInputGoesOnAsItCameAndComesBackAsItWasAskedFor(String input) throws Exception {
        for (var encoding : List.of("base64", "float", "")) {
            var asked = encoding.isEmpty() ? "" : ",\"encoding_format\":\"" + encoding + "\"";
            var form = form("\"input\":" + input + asked);

            var sent = ((UpstreamBody.Slices) form.body()).slices();
            assertThat(new String(ByteSlice.join(sent), StandardCharsets.UTF_8))
                    .isEqualTo("{\"model\":\"up\",\"input\":" + input + asked + "}");
            var wanted = encoding.equals("base64") ? BASE64 : FLOATS;
            assertThat(vector(form, FLOATS)).isEqualTo(wanted);
            assertThat(vector(form, wanted)).isEqualTo(wanted);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "1", "[]"})
    void whatIsNoInputIsRefused(String input) {
        assertThatThrownBy(() -> form("\"input\":" + input)).isInstanceOf(BodyFaultException.class);
    }
}
