package dev.turnpike.edge.wire;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request body is refused. Expected, so it carries no stack trace; nothing of the body is in it
 * but the plain name of a member.
 */
public final class BodyFaultException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Names that may be shown although a client chose them. */
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final Reason reason;
    private final @Nullable String param;

    /**
     * Why; the names are stable and become the error's code in lower case. They are OpenAI's own
     * where it has one.
     */
    public enum Reason {
        /** The framing of a body with files, or of what describes it: no member is at fault. */
        INVALID_REQUEST,
        /** Not JSON, or not as strict as we want it: see the message. OpenAI has no code for it. */
        INVALID_JSON,
        /** The same name twice, of which two readers could take different ones. */
        DUPLICATE_PARAMETER,
        /** A name that some servers would take for a known one. */
        UNKNOWN_PARAMETER,
        MISSING_REQUIRED_PARAMETER,
        INVALID_TYPE,
        INVALID_VALUE,
        INTEGER_ABOVE_MAX_VALUE,
        INTEGER_BELOW_MIN_VALUE,
        STRING_ABOVE_MAX_LENGTH,
        EMPTY_STRING,
        EMPTY_ARRAY,
        OBJECT_ABOVE_MAX_PROPERTIES,
        /** A member that is documented, and does not work here or with this model. */
        UNSUPPORTED_PARAMETER,
        /** A value that is documented, and does not work here or with this model. */
        UNSUPPORTED_VALUE,
        PREVIOUS_RESPONSE_NOT_FOUND;

        private final String code = name().toLowerCase(Locale.ROOT);

        /** What programs read. */
        public String code() {
            return code;
        }
    }

    public BodyFaultException(Reason reason, @Nullable String param, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.param = param;
    }

    /**
     * A body that is no JSON, or not as strict as we want it.
     *
     * @param name the last one that was read
     */
    static BodyFaultException of(JsonFaultException fault, String name) {
        boolean twice = fault.reason() == JsonFaultException.Reason.DUPLICATE_NAME;
        return new BodyFaultException(
                twice ? Reason.DUPLICATE_PARAMETER : Reason.INVALID_JSON,
                twice && PLAIN_NAME.matcher(name).matches() ? name : null,
                fault.reason().sentence() + " (byte " + fault.offset() + ")");
    }

    public Reason reason() {
        return reason;
    }

    /** The member at fault. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }
}
