package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.upstream.Destination;
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
    /** Parsed base URLs of either kind kept; beyond it they are parsed each time. */
    private static final int KEPT_MAX = 10_000;

    /** Paths below a base URL that are kept; there are fewer routes. */
    private static final int PLACES_MAX = 32;

    /** A longer path is of no route: it names a response, and is hardly asked for again. */
    private static final int ROUTE_CHARS_MAX = 24;

    private static final Map<Provider, String> OWN =
            Map.of(
                    Provider.OPENAI, "https://api.openai.com/v1",
                    Provider.ANTHROPIC, "https://api.anthropic.com",
                    Provider.BASETEN_MODEL_API, "https://inference.baseten.co/v1");

    private final OutboundUrl.Policy policy;

    /** By URL. */
    private final Map<String, Base> bases = new ConcurrentHashMap<>();

    /** The same of Anthropic, whose base URLs are given without their version. */
    private final Map<String, Base> versionless = new ConcurrentHashMap<>();

    UpstreamAddress(OutboundUrl.Policy policy) {
        this.policy = policy;
    }

    /** A base URL taken apart, and the places below it. */
    private static final class Base {
        private final Origin origin;
        private final String before;
        private final String behind;
        private final Map<String, Destination> places = new ConcurrentHashMap<>();

        Base(OutboundUrl url, boolean versioned) {
            boolean missing = !versioned && !url.basePath().endsWith("/v1");
            this.origin = Origin.of(url);
            this.before = missing ? url.basePath() + "/v1" : url.basePath();
            this.behind = query(url);
        }

        Destination place(String path) {
            var known = places.get(path);
            if (known != null) {
                return known;
            }
            var place = new Destination(origin, before + path + behind);
            if (path.length() <= ROUTE_CHARS_MAX && places.size() < PLACES_MAX) {
                places.put(path, place);
            }
            return place;
        }
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
     * @param path what the wire appends to the base, beginning with a slash
     * @throws InvalidUrlException if the target has no usable address
     */
    Destination of(Target target, String path) throws InvalidUrlException {
        boolean versioned = target.provider() != Provider.ANTHROPIC;
        var url = target.baseUrl() != null ? target.baseUrl() : own(target);
        var known = versioned ? bases : versionless;
        var base = known.get(url);
        if (base == null) {
            base = new Base(OutboundUrl.parse(url, policy), versioned);
            if (known.size() < KEPT_MAX) {
                known.put(url, base);
            }
        }
        return base.place(path);
    }
}
