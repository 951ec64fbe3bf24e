package dev.turnpike.runtime.problem;

import java.time.Duration;
import java.util.Optional;

/**
 * One failure, ready to show. It holds nothing secret: no key, no prompt, no stack trace, no
 * address or name of a provider.
 *
 * @param code what failed, for programs
 * @param message what failed, for people; one sentence
 * @param param the field at fault, as a path such as {@code messages[0].role}
 * @param retryAfter how long to wait before the same request may succeed
 * @param decision id under which the refusal is explained
 * @param detail a more particular code, shown instead of {@code code}'s own
 * @param lasting whether the same request will fail again although others with this code may not
 */
public record Problem(
        ErrorCode code,
        String message,
        Optional<String> param,
        Optional<Duration> retryAfter,
        Optional<String> decision,
        Optional<String> detail,
        boolean lasting) {
    /**
     * @throws IllegalArgumentException if a wait is given for a failure that waiting never cures,
     *     or a wait is negative
     */
    public Problem {
        if (retryAfter.isPresent()
                && (lasting
                        || code.retry() == ErrorCode.Retry.NEVER
                        || retryAfter.get().isNegative())) {
            throw new IllegalArgumentException(code + " cannot have this retryAfter");
        }
    }

    /** A problem without field, wait or decision. */
    public static Problem of(ErrorCode code, String message) {
        return new Problem(
                code,
                message,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** A 400 that names the field at fault. */
    public static Problem invalid(String param, String message) {
        return of(ErrorCode.INVALID_REQUEST, message).withParam(param);
    }

    public Problem withParam(String field) {
        return new Problem(
                code, message, Optional.of(field), retryAfter, decision, detail, lasting);
    }

    /**
     * @throws IllegalArgumentException if waiting never cures this failure
     */
    public Problem withRetryAfter(Duration wait) {
        return new Problem(code, message, param, Optional.of(wait), decision, detail, lasting);
    }

    public Problem withDecision(String id) {
        return new Problem(code, message, param, retryAfter, Optional.of(id), detail, lasting);
    }

    /** The same with a more particular code, which must be one that clients may see. */
    public Problem withDetail(String particular) {
        return new Problem(
                code, message, param, retryAfter, decision, Optional.of(particular), lasting);
    }

    /** The same, and clients are told that it will not pass. */
    public Problem asLasting() {
        return new Problem(code, message, param, retryAfter, decision, detail, true);
    }

    /** Whether sending the same request again makes sense. */
    public ErrorCode.Retry retry() {
        return lasting ? ErrorCode.Retry.NEVER : code.retry();
    }

    /** What programs read. */
    public String shownCode() {
        return detail.orElse(code.code());
    }

    /** The exception that carries this problem, without stack trace. */
    public ProblemException asException() {
        return new ProblemException(this, null);
    }

    /** The exception that carries this problem and what led to it. */
    public ProblemException asException(Throwable cause) {
        return new ProblemException(this, cause);
    }
}
