package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.upstream.Origin;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the requests for a target are sent. Addresses come from the operator, never from a client.
 * Thread-safe; parsed addresses are kept.
 */
final class UpstreamAddress {
    /** Parsed base URLs kept; beyond it they are parsed each time. */
    private static final int KEPT_MAX = 10_000;

    private static final Map<Provider, String> OWN =
            Map.of(
                    Provider.OPENAI, "https://api.openai.com/v1",
                    Provider.ANTHROPIC, "https://api.anthropic.com",
                    Provider.BASETEN_MODEL_API, "https://inference.baseten.co/v1");

    private final OutboundUrl.Policy policy;
    private final Map<String, OutboundUrl> parsed = new ConcurrentHashMap<>();

    UpstreamAddress(OutboundUrl.Policy policy) {
        this.policy = policy;
    }

    /**
     * @param path what the wire appends to the base, beginning with a slash
     */
    record Place(Origin origin, String path) {}

    /** Anthropic's base URL is given without its version, OpenAI's with it. */
    private static String versioned(Target target, OutboundUrl url) {
        boolean missing =
                target.provider() == Provider.ANTHROPIC && !url.basePath().endsWith("/v1");
        return missing ? "/v1" : "";
    }

    /** The provider's own address, which for some depends on what the target says. */
    private static String own(Target target) throws InvalidUrlException {
        var vertex = target.vertex();
        if (target.provider() == Provider.VERTEX && vertex != null) {
            var global = vertex.location().equals("global");
            return "https://%saiplatform.googleapis.com/v1/projects/%s/locations/%s/endpoints/openapi"
                    .formatted(
                            global ? "" : vertex.location() + "-",
                            vertex.projectId(),
                            vertex.location());
        }
        if (target.provider() == Provider.BASETEN && target.modelId() != null) {
            var environment = target.environmentName();
            return "https://model-%s.api.baseten.co/environments/%s/sync/v1"
                    .formatted(target.modelId(), environment == null ? "production" : environment);
        }
        var base = OWN.get(target.provider());
        if (base == null) {
            throw new InvalidUrlException("a target of this provider needs a base_url");
        }
        return base;
    }

    /** What the operator wrote behind a question mark: the version some servers want, say. */
    private static String query(OutboundUrl url) {
        int at = url.target().indexOf('?');
        return at < 0 ? "" : url.target().substring(at);
    }

    /**
     * @throws InvalidUrlException if the target has no usable address
     */
    Place of(Target target, String path) throws InvalidUrlException {
        var base = target.baseUrl() != null ? target.baseUrl() : own(target);
        var url = parsed.get(base);
        if (url == null) {
            url = OutboundUrl.parse(base, policy);
            if (parsed.size() < KEPT_MAX) {
                parsed.put(base, url);
            }
        }
        return new Place(
                Origin.of(url), url.basePath() + versioned(target, url) + path + query(url));
    }
}
