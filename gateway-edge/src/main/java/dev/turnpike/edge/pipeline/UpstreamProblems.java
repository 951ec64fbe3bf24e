package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.AnswerView;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.upstream.ResponseHeaders;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFault.AddressRefused;
import dev.turnpike.edge.upstream.UpstreamFault.AnswerTooLarge;
import dev.turnpike.edge.upstream.UpstreamFault.BadResponse;
import dev.turnpike.edge.upstream.UpstreamFault.BodyLost;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ConnectFailed;
import dev.turnpike.edge.upstream.UpstreamFault.ResetBeforeFirstByte;
import dev.turnpike.edge.upstream.UpstreamFault.ResetMidBody;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.usage.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a client is told when an upstream fails. A provider's complaint about the client's own body
 * is passed on, cleaned; everything else says no more than that the model could not answer.
 */
final class UpstreamProblems {
    /** An error body longer than this is not read. */
    private static final int ERROR_BYTES_MAX = 64 << 10;

    /** A provider that asks for more is believed up to here. */
    private static final Duration RETRY_AFTER_MAX = Duration.ofMinutes(5);

    /** The provider says which of the two, but not in a way that all would share. */
    private static final Problem NOT_THERE =
            Problem.of(
                            ErrorCode.UPSTREAM_ERROR,
                            "The provider has no such model, or does not answer on this route")
                    .asLasting();

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

    private UpstreamProblems() {}

    /** Reads and closes a reply that is no success. */
    static UpstreamError read(UpstreamCall call, TargetForm form, AnswerView view) {
        try (call) {
            var body = new byte[ERROR_BYTES_MAX];
            int length = read(call, body);
            return form.error(call.status(), body, length, view);
        }
    }

    /** What a reply that is no success comes to. */
    static Answer.Failed ofError(UpstreamCall call, UpstreamError error) {
        var problem =
                switch (error.upstreamStatus()) {
                    case 404, 405, 501 -> NOT_THERE;
                    case 401, 402, 403 -> // Only the operator can cure this.
                            problem(error.clientStatus(), error.body(), Optional.empty())
                                    .asLasting();
                    default -> problem(error.clientStatus(), error.body(), retryAfter(call));
                };
        return new Answer.Failed(problem, Outcome.UPSTREAM_FAILED);
    }

    /** What a broken call comes to. */
    static Answer.Failed ofFault(UpstreamFault fault) {
        return switch (fault) {
            case TimedOut _ ->
                    new Answer.Failed(
                            Problem.of(
                                    ErrorCode.UPSTREAM_TIMEOUT, "The model did not answer in time"),
                            Outcome.TIMED_OUT);
            case Cancelled _ ->
                    new Answer.Failed(
                            Problem.of(ErrorCode.UNAVAILABLE, "The gateway is stopping"),
                            Outcome.ABORTED);
            case BodyLost _ ->
                    new Answer.Failed(
                            Problem.of(ErrorCode.INVALID_REQUEST, "The body broke off"),
                            Outcome.CLIENT_GONE);
            case AnswerTooLarge(var bytesMax) ->
                    new Answer.Failed(
                            Problem.of(
                                            ErrorCode.UPSTREAM_ERROR,
                                            "The answer is larger than the "
                                                    + (bytesMax >> 20)
                                                    + " MiB that are passed on")
                                    .asLasting(),
                            Outcome.UPSTREAM_FAILED);
            case ConnectFailed _,
                    AddressRefused _,
                    ResetBeforeFirstByte _,
                    ResetMidBody _,
                    BadResponse _ ->
                    new Answer.Failed(
                            Problem.of(ErrorCode.UPSTREAM_ERROR, "The model could not answer"),
                            Outcome.UPSTREAM_FAILED);
        };
    }

    /** The same inside a stream that has begun. */
    static ErrorBody shown(UpstreamFault fault) {
        var problem = ofFault(fault).problem();
        return new ErrorBody(
                problem.message(), problem.code().type(), null, problem.code().code(), null);
    }

    /** What an operator reads in the record of an attempt. */
    static String label(UpstreamFault fault) {
        return switch (fault) {
            case ConnectFailed(var reason) -> "connect failed: " + reason;
            case AddressRefused(var reason) -> "address refused: " + reason;
            case TimedOut(var stage, var waited) ->
                    "timed out ("
                            + stage.name().toLowerCase(Locale.ROOT)
                            + ", "
                            + waited.toMillis()
                            + " ms)";
            case ResetBeforeFirstByte(var reason) -> "reset before first byte: " + reason;
            case ResetMidBody(var reason) -> "reset mid-body: " + reason;
            case BadResponse(var reason) -> "bad response: " + reason;
            case AnswerTooLarge _ -> "bad response: answer too large";
            case BodyLost(var reason) -> "not sent whole: " + reason;
            case Cancelled() -> "cancelled";
        };
    }

    private static Problem problem(int status, ErrorBody body, Optional<Duration> retryAfter) {
        var code =
                switch (status) {
                    case 400 ->
                            "context_length_exceeded".equals(body.code())
                                    ? ErrorCode.CONTEXT_LENGTH_EXCEEDED
                                    : ErrorCode.INVALID_REQUEST;
                    case 413 -> ErrorCode.REQUEST_TOO_LARGE;
                    case 422 -> ErrorCode.UNPROCESSABLE;
                    case 429 -> ErrorCode.UPSTREAM_RATE_LIMITED;
                    case 504 -> ErrorCode.UPSTREAM_TIMEOUT;
                    default -> ErrorCode.UPSTREAM_ERROR;
                };
        var problem = Problem.of(code, body.message());
        var param = body.param();
        if (param != null) {
            problem = problem.withParam(param);
        }
        var particular = body.code();
        if (particular != null && (status == 400 || status == 422)) {
            problem = problem.withDetail(particular); // What programs ask for: content_filter.
        }
        return code.retry() != ErrorCode.Retry.NEVER && retryAfter.isPresent()
                ? problem.withRetryAfter(retryAfter.get())
                : problem;
    }

    /** How long a provider asks to wait, as far as it is believed. */
    static Optional<Duration> retryAfter(UpstreamCall call) {
        return retryAfter(call.headers());
    }

    /** The same of {@code headers}; a date counts from the provider's own. */
    static Optional<Duration> retryAfter(ResponseHeaders headers) {
        return millis(headers, "retry-after-ms", 1)
                .or(() -> millis(headers, "retry-after", 1_000))
                .or(() -> untilDate(headers))
                .map(wait -> wait.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : wait);
    }

    private static Optional<Duration> millis(ResponseHeaders headers, String header, int each) {
        return headers.first(header)
                .filter(text -> NUMBER.matcher(text).matches())
                .map(text -> Duration.ofMillis((long) Math.ceil(Double.parseDouble(text) * each)));
    }

    private static Optional<Duration> untilDate(ResponseHeaders headers) {
        var until = headers.first("retry-after").flatMap(UpstreamProblems::date);
        var now = headers.first("date").flatMap(UpstreamProblems::date);
        return until.isPresent() && now.isPresent()
                ? Optional.of(Duration.between(now.get(), until.get()))
                        .filter(wait -> !wait.isNegative())
                : Optional.empty();
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static int read(UpstreamCall call, byte[] into) {
        int length = 0;
        try {
            while (length < into.length) {
                int count = call.read(into, length, into.length - length);
                if (count < 0) {
                    break;
                }
                length += count;
            }
        } catch (UpstreamFaultException e) {
            // What came so far may still say why.
        }
        return length;
    }
}
