package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.regex.Pattern;

/** How a problem is written as JSON. Clients of different vendors know different envelopes. */
public enum ProblemFormat {
    /** {@code {"error":{"message","type","code","param","decision"?}}}. */
    OPENAI {
        @Override
        public byte[] encode(Problem problem, String requestId) {
            var envelope = Json.object();
            var error = envelope.putObject("error");
            error.put("message", problem.message());
            error.put("type", problem.code().type());
            error.put("code", problem.shownCode());
            error.put("param", problem.param().orElse(null));
            problem.decision().ifPresent(id -> error.put("decision", id));
            return Json.bytes(envelope);
        }
    },
    /** {@code {"type":"error","error":{"type","message"},"request_id"}}, type chosen by status. */
    ANTHROPIC {
        @Override
        public byte[] encode(Problem problem, String requestId) {
            var envelope = Json.object();
            envelope.put("type", "error");
            var error = envelope.putObject("error");
            error.put("type", anthropicType(problem.code().httpStatus()));
            error.put("message", located(problem));
            var details = error.putObject("details");
            details.put("error_code", problem.shownCode());
            problem.decision().ifPresent(id -> details.put("decision", id));
            envelope.put("request_id", requestId);
            return Json.bytes(envelope);
        }

        @Override
        public HeaderName idHeader() {
            return ANTHROPIC_ID;
        }

        /** This vendor has a status of its own for too many requests at once. */
        @Override
        public int status(Problem problem) {
            return problem.code() == ErrorCode.OVERLOADED
                    ? OVERLOADED_STATUS
                    : super.status(problem);
        }
    };

    /**
     * The body of a reply.
     *
     * @param requestId the id that also stands in {@code x-request-id}
     */
    public abstract byte[] encode(Problem problem, String requestId);

    /** The header in which its clients look for the id of a request. */
    public HeaderName idHeader() {
        return RequestId.HEADER;
    }

    /** The status of a reply that says {@code problem}. */
    public int status(Problem problem) {
        return problem.code().httpStatus();
    }

    private static final int OVERLOADED_STATUS = 529;
    private static final Pattern INDEX = Pattern.compile("\\[(\\d+)]");
    private static final HeaderName ANTHROPIC_ID = HeaderNames.create("request-id");

    /** This vendor has no field for what is at fault; it stands in front: {@code tools.1.type}. */
    private static String located(Problem problem) {
        return problem.param()
                .map(param -> INDEX.matcher(param).replaceAll(".$1") + ": " + problem.message())
                .orElse(problem.message());
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 409 -> "conflict_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503, 529 -> "overloaded_error";
            case 408, 504 -> "timeout_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
