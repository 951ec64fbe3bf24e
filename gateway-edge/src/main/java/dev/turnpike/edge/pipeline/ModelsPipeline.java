package dev.turnpike.edge.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Endpoint;
import java.util.List;

/** Answers {@code GET /v1/models}: the models the caller's key may use, and nothing else. */
public final class ModelsPipeline {
    private final Authenticate authenticate;
    private final Resolve resolve;

    public ModelsPipeline(Authenticate authenticate, Resolve resolve) {
        this.authenticate = authenticate;
        this.resolve = resolve;
    }

    /**
     * @throws dev.turnpike.runtime.problem.ProblemException {@code INVALID_API_KEY}
     */
    public void list(InboundRequest request, ClientReply reply) throws ClientGoneException {
        var who = authenticate.apply(request);
        var endpoints = resolve.all(who);
        var body = anthropic(request) ? anthropicList(endpoints) : openAiList(endpoints);
        reply.send(200, "application/json", Json.bytes(body));
    }

    /**
     * @throws dev.turnpike.runtime.problem.ProblemException {@code INVALID_API_KEY} or {@code
     *     MODEL_NOT_FOUND}
     */
    public void retrieve(String model, InboundRequest request, ClientReply reply)
            throws ClientGoneException {
        var who = authenticate.apply(request);
        var endpoint =
                resolve.apply(model, who).orElseThrow(() -> Resolve.notFound(model).asException());
        var body = anthropic(request) ? anthropicModel(endpoint) : model(endpoint);
        reply.send(200, "application/json", Json.bytes(body));
    }

    /** Both vendors have this route; only one's clients say a version. */
    private static boolean anthropic(InboundRequest request) {
        return request.headers().first("anthropic-version").isPresent();
    }

    private static ObjectNode openAiList(List<Endpoint> endpoints) {
        var body = Json.object().put("object", "list");
        var data = body.putArray("data");
        endpoints.forEach(endpoint -> data.add(model(endpoint)));
        return body;
    }

    private static ObjectNode anthropicList(List<Endpoint> endpoints) {
        var body = Json.object();
        var data = body.putArray("data");
        endpoints.forEach(endpoint -> data.add(anthropicModel(endpoint)));
        body.put("has_more", false);
        body.put("first_id", endpoints.isEmpty() ? null : endpoints.getFirst().slug().value());
        body.put("last_id", endpoints.isEmpty() ? null : endpoints.getLast().slug().value());
        return body;
    }

    /** With every member that its clients may demand; what only the provider knows is null. */
    private static ObjectNode anthropicModel(Endpoint endpoint) {
        return Json.object()
                .put("type", "model")
                .put("id", endpoint.slug().value())
                .put("display_name", endpoint.slug().value())
                .put("created_at", endpoint.createdAt().toString())
                .put("lifecycle", "active")
                .putNull("line")
                .putNull("capabilities")
                .putNull("max_input_tokens")
                .putNull("max_tokens")
                .putNull("deprecated_at")
                .putNull("retires_at");
    }

    private static ObjectNode model(Endpoint endpoint) {
        return Json.object()
                .put("id", endpoint.slug().value())
                .put("object", "model")
                .put("created", endpoint.createdAt().getEpochSecond())
                .put("owned_by", endpoint.slug().prefix());
    }
}
