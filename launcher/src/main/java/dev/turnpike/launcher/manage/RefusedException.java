package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** The management API did not do what was asked. */
public final class RefusedException extends RuntimeException {
    private final int status;

    private RefusedException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What an answer says, in one line: message, code, field, request. */
    static RefusedException of(int status, JsonNode body, Optional<String> requestId) {
        var error = body.path("error");
        var text = new StringBuilder();
        text.append(error.path("message").asText("The answer was " + status));
        text.append(" (").append(status);
        append(text, "code", error.path("code").asText(""));
        append(text, "field", error.path("param").asText(""));
        append(text, "request", requestId.orElse(""));
        return new RefusedException(status, text.append(')').toString());
    }

    private static void append(StringBuilder text, String name, String value) {
        if (!value.isEmpty() && !value.equals("null")) {
            text.append(", ").append(name).append(' ').append(value);
        }
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }
}
