package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.BodyFaultException.Reason;

/** Requests that cannot be put into the other API's words without changing what they mean. */
final class Unsupported {
    private Unsupported() {}

    /**
     * @param param the member at fault
     * @param what the feature, as the subject of a sentence
     */
    static BodyFaultException of(String param, String what) {
        return new BodyFaultException(
                Reason.INVALID_VALUE, param, what + " is not supported by this model");
    }

    static BodyFaultException invalid(String param, String message) {
        return new BodyFaultException(Reason.INVALID_VALUE, param, message);
    }

    static BodyFaultException type(String param, String wanted) {
        return new BodyFaultException(
                Reason.INVALID_TYPE, param, "'" + param + "' must be " + wanted);
    }
}
