package dev.turnpike.runtime.problem;

/**
 * Every way a request can fail. Clients branch on {@link #code()}, so a code is never renamed or
 * reused.
 */
public enum ErrorCode {
    INVALID_REQUEST(400, "invalid_request_error", "invalid_request", Retry.NEVER),
    CONTEXT_LENGTH_EXCEEDED(400, "invalid_request_error", "context_length_exceeded", Retry.NEVER),
    CONTENT_POLICY_VIOLATION(400, "invalid_request_error", "content_policy_violation", Retry.NEVER),
    URL_NOT_ALLOWED(400, "invalid_request_error", "url_not_allowed", Retry.NEVER),
    INVALID_API_KEY(401, "invalid_request_error", "invalid_api_key", Retry.NEVER),
    PERMISSION_DENIED(403, "permission_error", "permission_denied", Retry.NEVER),
    IP_NOT_AUTHORIZED(403, "permission_error", "ip_not_authorized", Retry.NEVER),
    TIME_NOT_AUTHORIZED(403, "permission_error", "time_not_authorized", Retry.NEVER),
    DATA_RESIDENCY_VIOLATION(403, "permission_error", "data_residency_violation", Retry.NEVER),
    NOT_FOUND(404, "invalid_request_error", "not_found", Retry.NEVER),
    MODEL_NOT_FOUND(404, "invalid_request_error", "model_not_found", Retry.NEVER),
    UNKNOWN_URL(404, "invalid_request_error", "unknown_url", Retry.NEVER),
    METHOD_NOT_ALLOWED(405, "invalid_request_error", "method_not_allowed", Retry.NEVER),
    REQUEST_TIMEOUT(408, "timeout_error", "request_timeout", Retry.SAFE),
    CONFLICT(409, "conflict_error", "conflict", Retry.NEVER),
    IDEMPOTENCY_CONFLICT(409, "conflict_error", "idempotency_conflict", Retry.NEVER),
    IDEMPOTENCY_IN_PROGRESS(409, "conflict_error", "idempotency_in_progress", Retry.SAFE),
    SESSION_BUSY(409, "conflict_error", "session_busy", Retry.SAFE),
    SESSION_EXPIRED(410, "invalid_request_error", "session_expired", Retry.NEVER),
    PRECONDITION_FAILED(412, "invalid_request_error", "precondition_failed", Retry.NEVER),
    REQUEST_TOO_LARGE(413, "invalid_request_error", "request_too_large", Retry.NEVER),
    UNSUPPORTED_ENCODING(415, "invalid_request_error", "unsupported_encoding", Retry.NEVER),
    MISDIRECTED_REQUEST(421, "invalid_request_error", "misdirected_request", Retry.NEVER),
    UNPROCESSABLE(422, "invalid_request_error", "unprocessable", Retry.NEVER),
    INVALID_OUTPUT(422, "invalid_request_error", "invalid_output", Retry.NEVER),
    RATE_LIMIT_EXCEEDED(429, "rate_limit_error", "rate_limit_exceeded", Retry.AFTER_DELAY),
    INSUFFICIENT_QUOTA(429, "insufficient_quota", "insufficient_quota", Retry.NEVER),
    UPSTREAM_RATE_LIMITED(429, "rate_limit_error", "upstream_rate_limited", Retry.AFTER_DELAY),
    HEADERS_TOO_LARGE(431, "invalid_request_error", "headers_too_large", Retry.NEVER),
    INTERNAL(500, "server_error", "internal_error", Retry.SAFE),
    UPSTREAM_ERROR(502, "upstream_error", "upstream_error", Retry.SAFE),
    UNAVAILABLE(503, "service_unavailable_error", "unavailable", Retry.AFTER_DELAY),
    OVERLOADED(503, "service_unavailable_error", "server_is_overloaded", Retry.AFTER_DELAY),
    UPSTREAM_TIMEOUT(504, "timeout_error", "upstream_timeout", Retry.SAFE),
    HTTP_VERSION_NOT_SUPPORTED(
            505, "invalid_request_error", "http_version_not_supported", Retry.NEVER);

    /** Whether the same request may succeed if sent again unchanged. */
    public enum Retry {
        /** It will fail again. */
        NEVER,
        /** It may succeed at once. */
        SAFE,
        /** It may succeed after some time, which the problem should name. */
        AFTER_DELAY
    }

    private final int httpStatus;
    private final String type;
    private final String code;
    private final Retry retry;

    ErrorCode(int httpStatus, String type, String code, Retry retry) {
        this.httpStatus = httpStatus;
        this.type = type;
        this.code = code;
        this.retry = retry;
    }

    /** The HTTP status of a reply that carries this code. */
    public int httpStatus() {
        return httpStatus;
    }

    /** The {@code error.type} of OpenAI's envelope. */
    public String type() {
        return type;
    }

    /** The stable {@code error.code} clients branch on. */
    public String code() {
        return code;
    }

    /** Whether sending the same request again makes sense. */
    public Retry retry() {
        return retry;
    }
}
