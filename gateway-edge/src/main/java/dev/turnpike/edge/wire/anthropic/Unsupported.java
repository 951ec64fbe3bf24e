package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.BodyFaultException.Reason;

/** Requests that cannot be put into the other API's words without changing what they mean. */
final class Unsupported {
    private Unsupported() {}

    /**
     * What a value asks for, while others of the same member would do.
     *
     * @param param the member at fault
     * @param what the feature, as the subject of a sentence
     */
    static BodyFaultException of(String param, String what) {
        return new BodyFaultException(Reason.UNSUPPORTED_VALUE, param, sentence(what));
    }

    /** What a member is for, whatever its value; as the subject of a sentence. */
    static BodyFaultException parameter(String param, String what) {
        return new BodyFaultException(Reason.UNSUPPORTED_PARAMETER, param, sentence(what));
    }

    private static String sentence(String what) {
        return what + " is not supported by this model";
    }

    static BodyFaultException missing(String param) {
        return new BodyFaultException(
                Reason.MISSING_REQUIRED_PARAMETER, param, "you must provide '" + param + "'");
    }

    static BodyFaultException invalid(String param, String message) {
        return new BodyFaultException(Reason.INVALID_VALUE, param, message);
    }

    static BodyFaultException type(String param, String wanted) {
        return new BodyFaultException(
                Reason.INVALID_TYPE, param, "'" + param + "' must be " + wanted);
    }
}
