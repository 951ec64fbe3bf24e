package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.edge.wire.UpstreamErrorReader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Errors inside streams, read from Anthropic and written for clients of it. */
final class AnthropicErrors {
    private static final int BAD_GATEWAY = 502;

    private AnthropicErrors() {}

    /**
     * Reads an {@code error} event; what it says is cleaned as for a reply of the status that its
     * type stands for.
     */
    static UpstreamError read(JsonView event, MessageView view) {
        var type = type(event);
        var read =
                UpstreamErrorReader.read(
                                status(type),
                                event.array(),
                                event.from(),
                                event.to(),
                                view.targetModel(),
                                view.publicModel())
                        .shown(view.genericErrors());
        var body = type.equals("overloaded_error") ? overloaded() : read.body();
        return new UpstreamError(200, read.clientStatus(), body, Set.of(), false);
    }

    private static String type(JsonView event) {
        var error = event.members().get("error");
        return error == null ? "" : JsonView.text(error.members(), "type");
    }

    private static int status(String type) {
        return switch (type) {
            case "invalid_request_error" -> 400;
            case "request_too_large" -> 413;
            case "rate_limit_error" -> 429;
            case "timeout_error" -> 504;
            default -> BAD_GATEWAY;
        };
    }

    private static ErrorBody overloaded() {
        return new ErrorBody(
                "the provider is overloaded",
                "service_unavailable_error",
                null,
                "server_is_overloaded",
                null);
    }

    /** The same error as the last event of an Anthropic stream. */
    static void writeEvent(ErrorBody error, JsonOut out) {
        out.frame("event: error\ndata: ");
        out.object().member("type", "error");
        out.name("error").object().member("type", typeOf(error));
        out.member("message", error.message());
        details(error.code(), error.decision(), out);
        out.endObject().endObject().frame("\n\n");
    }

    private static void details(@Nullable String code, @Nullable String decision, JsonOut out) {
        if (code == null && decision == null) {
            return;
        }
        out.name("details").object();
        if (code != null) {
            out.member("error_code", code);
        }
        if (decision != null) {
            out.member("decision", decision);
        }
        out.endObject();
    }

    private static String typeOf(ErrorBody error) {
        return switch (error.type()) {
            case "invalid_request_error", "rate_limit_error", "timeout_error", "permission_error" ->
                    error.type();
            case "insufficient_quota" -> "rate_limit_error";
            case "service_unavailable_error" -> "overloaded_error";
            default -> "api_error";
        };
    }
}
