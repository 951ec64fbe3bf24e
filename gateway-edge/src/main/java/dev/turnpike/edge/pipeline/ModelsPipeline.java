package dev.turnpike.edge.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Endpoint;

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
        var body = Json.object().put("object", "list");
        var data = body.putArray("data");
        for (var endpoint : resolve.all(who.key(), who.group())) {
            data.add(model(endpoint));
        }
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
                resolve.apply(model, who.key(), who.group())
                        .orElseThrow(() -> Resolve.notFound(model).asException());
        reply.send(200, "application/json", Json.bytes(model(endpoint)));
    }

    private static ObjectNode model(Endpoint endpoint) {
        return Json.object()
                .put("id", endpoint.slug().value())
                .put("object", "model")
                .put("created", endpoint.createdAt().getEpochSecond())
                .put("owned_by", endpoint.slug().prefix());
    }
}
