package dev.turnpike.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How a client hears that it gets no answer: the exception of its own kind, what that tells, and
 * after how many requests it gave up.
 */
enum Refusal {
    WRONG_KEY(
            401,
            "AuthenticationError",
            "UnauthorizedException",
            "invalid_request_error",
            "invalid_api_key",
            "authentication_error",
            1),
    UNKNOWN_MODEL(
            404,
            "NotFoundError",
            "NotFoundException",
            "invalid_request_error",
            "model_not_found",
            "not_found_error",
            1),
    BAD_BODY(
            400,
            "BadRequestError",
            "BadRequestException",
            "invalid_request_error",
            "missing_required_parameter",
            "invalid_request_error",
            1),
    TOO_LONG(
            400,
            "BadRequestError",
            "BadRequestException",
            "invalid_request_error",
            "context_length_exceeded",
            "invalid_request_error",
            1),
    FORBIDDEN(
            403,
            "PermissionDeniedError",
            "PermissionDeniedException",
            "permission_error",
            "data_residency_violation",
            "permission_error",
            1),
    TOO_LARGE(
            413,
            "APIError",
            "UnexpectedStatusCodeException",
            "invalid_request_error",
            "request_too_large",
            "request_too_large",
            1),
    UNPROCESSABLE(
            422,
            "UnprocessableEntityError",
            "UnprocessableEntityException",
            "invalid_request_error",
            "scripted_422",
            "invalid_request_error",
            1),
    LATE(
            504,
            "InternalServerError",
            "InternalServerException",
            "timeout_error",
            "upstream_timeout",
            "timeout_error",
            1),
    BUSY(
            429,
            "RateLimitError",
            "RateLimitException",
            "rate_limit_error",
            "upstream_rate_limited",
            "rate_limit_error",
            3),
    MINUTE(
            429,
            "RateLimitError",
            "RateLimitException",
            "rate_limit_error",
            "rate_limit_exceeded",
            "rate_limit_error",
            1),
    QUOTA(
            429,
            "RateLimitError",
            "RateLimitException",
            "insufficient_quota",
            "insufficient_quota",
            "rate_limit_error",
            1),
    DOWN(
            502,
            "InternalServerError",
            "InternalServerException",
            "upstream_error",
            "upstream_error",
            "api_error",
            3);

    private final int status;
    private final String nodeError;
    private final String javaError;
    private final String openAiType;
    private final String openAiCode;
    private final String anthropicType;
    private final int attempts;

    Refusal(
            int status,
            String nodeError,
            String javaError,
            String openAiType,
            String openAiCode,
            String anthropicType,
            int attempts) {
        this.status = status;
        this.nodeError = nodeError;
        this.javaError = javaError;
        this.openAiType = openAiType;
        this.openAiCode = openAiCode;
        this.anthropicType = anthropicType;
        this.attempts = attempts;
    }

    void holds(ClientRun run, JsonNode seen) {
        var what = "%s by %s: %s".formatted(this, run, seen);
        assertThat(seen.path("status").asInt()).as(what).isEqualTo(status);
        assertThat(seen.path("request_id").asText()).as(what).startsWith("req_");
        if (run.openAiErrors()) {
            assertThat(seen.path("type").asText()).as(what).isEqualTo(openAiType);
            assertThat(seen.path("code").asText()).as(what).isEqualTo(code(run));
        } else {
            assertThat(seen.path("type").asText()).as(what).isEqualTo(anthropicType);
        }
        if (run.aiSdk()) {
            // It heeds the status only: a spent budget is asked for twice more.
            boolean again = this == QUOTA || attempts > 1;
            assertThat(seen.path("attempts").asInt()).as(what).isEqualTo(again ? 3 : 1);
            return;
        }
        assertThat(seen.path("error").asText()).as(what).isEqualTo(exception(run));
        assertThat(seen.path("attempts").asInt()).as(what).isEqualTo(attempts);
        assertThat(seen.path("should_retry").asText("")).as(what).isEqualTo(shouldRetry());
        boolean waitingHelps = this == BUSY || this == MINUTE || this == DOWN;
        assertThat(seen.path("retry_after").asText("").isEmpty())
                .as(what)
                .isNotEqualTo(waitingHelps);
    }

    /** Anthropic's clients have classes of their own where OpenAI's have a common one. */
    private String exception(ClientRun run) {
        var kind = run.java() ? "Exception" : "Error";
        if (!run.openAiErrors() && this == TOO_LARGE) {
            return "ContentTooLarge" + kind;
        }
        if (!run.openAiErrors() && this == LATE) {
            return "GatewayTimeout" + kind;
        }
        return run.java() ? javaError : nodeError;
    }

    /** Anthropic's errors have no code, and so none of theirs can be passed on. */
    private String code(ClientRun run) {
        return this == UNPROCESSABLE && run.target() == ClientRun.Target.ANTHROPIC
                ? "unprocessable"
                : openAiCode;
    }

    private String shouldRetry() {
        return switch (this) {
            case BUSY, MINUTE -> "true";
            case QUOTA -> "false";
            case WRONG_KEY,
                    UNKNOWN_MODEL,
                    BAD_BODY,
                    TOO_LONG,
                    FORBIDDEN,
                    TOO_LARGE,
                    UNPROCESSABLE,
                    LATE,
                    DOWN ->
                    ""; // The status says it.
        };
    }
}
