package dev.turnpike.edge.wire;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request body is refused. Expected, so it carries no stack trace; nothing of the body is in it.
 */
public final class BodyFaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final @Nullable String param;

    /** Why; the names are stable and become the error's code in lower case. */
    public enum Reason {
        /** Not JSON, or not as strict as we want it: see the message. */
        INVALID_JSON,
        DUPLICATE_NAME,
        /** A name that some servers would take for a known one. */
        AMBIGUOUS_NAME,
        MISSING_REQUIRED_PARAMETER,
        INVALID_TYPE,
        INVALID_VALUE
    }

    public BodyFaultException(Reason reason, @Nullable String param, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.param = param;
    }

    static BodyFaultException of(JsonFaultException fault) {
        var reason =
                fault.reason() == JsonFaultException.Reason.DUPLICATE_NAME
                        ? Reason.DUPLICATE_NAME
                        : Reason.INVALID_JSON;
        return new BodyFaultException(
                reason, null, fault.reason().sentence() + " (byte " + fault.offset() + ")");
    }

    public Reason reason() {
        return reason;
    }

    /** The member at fault. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    /** What to answer, with status 400. */
    public ErrorBody toErrorBody() {
        return new ErrorBody(
                String.valueOf(getMessage()),
                ErrorBody.INVALID_REQUEST,
                param,
                reason.name().toLowerCase(Locale.ROOT),
                null);
    }
}
