package dev.turnpike.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProblemFormatTest {
    @Test
    void openAiClientsGetAllFourFieldsAndTheDecision() {
        var problem = Problem.of(ErrorCode.RATE_LIMIT_EXCEEDED, "Slow \"down\"").withDecision("d1");

        assertThat(text(ProblemFormat.OPENAI.encode(problem, "r1")))
                .isEqualTo(
                        """
                        {"error":{"message":"Slow \\"down\\"","type":"rate_limit_error",\
                        "code":"rate_limit_exceeded","param":null,"decision":"d1"}}\
                        """);
    }

    @Test
    void anthropicClientsGetATypeTheyKnow() {
        var problem = Problem.of(ErrorCode.INVALID_API_KEY, "Wrong key");

        assertThat(text(ProblemFormat.ANTHROPIC.encode(problem, "r1")))
                .isEqualTo(
                        """
                        {"type":"error","error":{"type":"authentication_error",\
                        "message":"Wrong key","details":{"error_code":"invalid_api_key"}},\
                        "request_id":"r1"}\
                        """);
    }

    @Test
    void anthropicClientsReadWhatIsWrongInFrontOfTheMessage() {
        var problem =
                Problem.of(ErrorCode.INVALID_REQUEST, "This type of tool is not supported")
                        .withParam("messages[0].content[12].type");

        assertThat(text(ProblemFormat.ANTHROPIC.encode(problem, "r1")))
                .contains(
                        "\"message\":\"messages.0.content.12.type: This type of tool is not"
                                + " supported\"");
    }

    @Test
    void tooManyRequestsAtOnceHaveTheStatusThatAClientKnows() {
        var busy = Problem.of(ErrorCode.OVERLOADED, "busy");

        assertThat(ProblemFormat.OPENAI.status(busy)).isEqualTo(503);
        assertThat(ProblemFormat.ANTHROPIC.status(busy)).isEqualTo(529);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
