package dev.turnpike.edge.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.protocol.Incoming;
import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.runtime.http.ProblemFormat;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client, and who counts, is told about a body that is not as it must be. */
class RefusedBodyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "-",
            value = {
                "{'model':'a'} | missing_required_parameter | messages",
                "{'model':7,'messages':[{}]} | invalid_type | model",
                "{'model':'a','messages':[{}],'n':0} | integer_below_min_value | n",
                "{'model':'a','messages':[{}],'n':999} | integer_above_max_value | n",
                "{'model':'a','messages':[]} | empty_array | messages",
                "{'model':'','messages':[{}]} | empty_string | model",
                "{'model':'a','model':'b','messages':[{}]} | duplicate_parameter | model",
                "{'Model':'a','messages':[{}]} | unknown_parameter | Model",
                "{'model':'a' | invalid_json | -",
                "[] | invalid_type | -"
            })
    void theCodeAndTheFieldSayWhatIsWrong(String body, String code, String param) {
        var problem = refused(body);

        var shown = new String(ProblemFormat.OPENAI.encode(problem, "req_1"), UTF_8);
        assertThat(problem.code().httpStatus()).isEqualTo(400);
        assertThat(shown)
                .contains("\"type\":\"invalid_request_error\"", "\"code\":\"" + code + "\"")
                .contains(param == null ? "\"param\":null" : "\"param\":\"" + param + "\"");
    }

    @Test
    void clientsOfAnthropicSeeTheTypeTheyKnow() {
        var shown = new String(ProblemFormat.ANTHROPIC.encode(refused("{}"), "req_1"), UTF_8);

        assertThat(shown)
                .contains(
                        "\"type\":\"invalid_request_error\"",
                        "\"error_code\":\"missing_required_parameter\"");
    }

    @Test
    void itIsCountedUnderTheCodeThatIsShown() {
        var registry = new SimpleMeterRegistry();
        var meters = new RequestMeters(registry);

        meters.problem(refused("{'model':'a'}"));
        meters.problem(Problem.of(ErrorCode.INVALID_API_KEY, "no"));

        assertThat(count(registry, "missing_required_parameter")).isEqualTo(1);
        assertThat(count(registry, "invalid_api_key")).isEqualTo(1);
        assertThat(count(registry, "invalid_request")).isZero();
    }

    @Test
    void codesThatProvidersMakeUpAreCountedTogether() {
        var registry = new SimpleMeterRegistry();
        int before = registry.getMeters().size();
        var meters = new RequestMeters(registry);
        int known = registry.getMeters().size();
        var theirs = Problem.of(ErrorCode.INVALID_REQUEST, "no").withDetail("theirs");

        meters.problem(theirs);
        meters.problem(Problem.of(ErrorCode.UNPROCESSABLE, "no").withDetail("invalid_type"));

        assertThat(count(registry, "invalid_request")).isEqualTo(1);
        assertThat(count(registry, "unprocessable")).isEqualTo(1);
        assertThat(registry.getMeters()).hasSize(known).hasSizeGreaterThan(before);
    }

    private static double count(MeterRegistry registry, String code) {
        return registry.get("turnpike.edge.problems").tag("code", code).counter().count();
    }

    private static Problem refused(String body) {
        var bytes = body.replace('\'', '"').getBytes(UTF_8);
        try {
            var incoming =
                    new Incoming(new IncomingBody.Whole(bytes), _ -> Optional.empty(), "", null);
            throw new AssertionError(new OpenAiProtocol(OpenAiRoute.CHAT).read(incoming));
        } catch (BodyFaultException e) {
            return InferencePipeline.refused(e);
        }
    }
}
