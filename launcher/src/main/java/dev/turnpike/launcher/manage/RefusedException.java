package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** The management API did not do what was asked. */
public final class RefusedException extends RuntimeException {
    private final int status;
    private final String param;

    private RefusedException(int status, String param, String message) {
        super(message, null, false, false);
        this.status = status;
        this.param = param;
    }

    /** What an answer says, in one line: message, code, field, request. */
    public static RefusedException of(int status, JsonNode body, Optional<String> requestId) {
        var error = body.path("error");
        var text = new StringBuilder();
        text.append(error.path("message").asText("The answer was " + status));
        text.append(" (").append(status);
        append(text, "code", error.path("code").asText(""));
        append(text, "field", error.path("param").asText(""));
        append(text, "request", requestId.orElse(""));
        return new RefusedException(
                status, error.path("param").asText(""), text.append(')').toString());
    }

    private static void append(StringBuilder text, String name, String value) {
        if (!value.isEmpty() && !value.equals("null")) {
            text.append(", ").append(name).append(' ').append(value);
        }
    }

    /** The field at fault; empty when there is none. */
    public String param() {
        return param;
    }

    /** The same, saying first what it is about. */
    public RefusedException about(String subject) {
        return new RefusedException(status, param, subject + ": " + getMessage());
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }
}
