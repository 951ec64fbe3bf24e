package dev.turnpike.runtime.control;

import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Webhook;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of which there are few, decoded and in memory. One thread writes; any number read, each
 * read by itself consistent.
 */
final class ControlIndex {
    /** The kinds kept here. */
    static final Set<ResourceKind> KINDS =
            Set.of(
                    ResourceKind.ENDPOINT,
                    ResourceKind.WEBHOOK,
                    ResourceKind.PRICE,
                    ResourceKind.DOMAIN,
                    ResourceKind.LOG_HEAD);

    private final Map<String, Endpoint> endpointsById = new ConcurrentHashMap<>();
    private final Map<String, Endpoint> endpointsBySlug = new ConcurrentHashMap<>();
    private final Map<String, Webhook> webhooks = new ConcurrentHashMap<>();
    private final Map<String, Domain> domains = new ConcurrentHashMap<>();
    private final Map<String, Price> prices = new ConcurrentHashMap<>();
    private final AtomicLong pricesEdition = new AtomicLong();
    private volatile long sequence;

    void clear() {
        endpointsById.clear();
        endpointsBySlug.clear();
        webhooks.clear();
        prices.clear();
        domains.clear();
        pricesEdition.incrementAndGet();
    }

    /** Takes in the record of {@code id}, or its deletion when {@code resource} is null. */
    void apply(ResourceKind kind, String id, @Nullable Resource resource) {
        switch (kind) {
            case ENDPOINT -> applyEndpoint(id, (Endpoint) resource);
            case WEBHOOK -> put(webhooks, id, (Webhook) resource);
            case PRICE -> {
                put(prices, id, (Price) resource);
                pricesEdition.incrementAndGet(); // After the change: who sees it grow sees it all.
            }
            case DOMAIN -> put(domains, id, (Domain) resource);
            case LOG_HEAD -> {
                if (resource instanceof LogHead head) {
                    sequence = head.sequence();
                }
            }
            case GROUP,
                    API_KEY,
                    CREDENTIAL,
                    MANAGEMENT_KEY,
                    IDEMPOTENCY,
                    REGISTRATION_KEY,
                    WEBHOOK_REPLAY,
                    ADJUSTMENT,
                    PREFIX -> {
                // There may be millions, or nobody asks: read from the store through the cache.
            }
        }
    }

    private void applyEndpoint(String id, @Nullable Endpoint endpoint) {
        var before = endpointsById.get(id);
        put(endpointsById, id, endpoint);
        if (endpoint != null) {
            endpointsBySlug.put(endpoint.slug().value(), endpoint);
        }
        // After a rename the old slug goes, unless another endpoint has taken it meanwhile.
        if (before != null && (endpoint == null || !before.slug().equals(endpoint.slug()))) {
            endpointsBySlug.computeIfPresent(
                    before.slug().value(),
                    (slug, now) -> now.id().equals(before.id()) ? null : now);
        }
    }

    private static <T> void put(Map<String, T> map, String id, @Nullable T value) {
        if (value == null) {
            map.remove(id);
        } else {
            map.put(id, value);
        }
    }

    Optional<Endpoint> endpoint(String slug) {
        return Optional.ofNullable(endpointsBySlug.get(slug));
    }

    List<Endpoint> endpoints() {
        return List.copyOf(endpointsById.values());
    }

    Optional<Webhook> webhook(String id) {
        return Optional.ofNullable(webhooks.get(id));
    }

    List<Webhook> webhooks() {
        return List.copyOf(webhooks.values());
    }

    long pricesEdition() {
        return pricesEdition.get();
    }

    List<Price> prices() {
        return List.copyOf(prices.values());
    }

    boolean hasDomains() {
        return !domains.isEmpty();
    }

    Optional<Domain> domain(String host) {
        return Optional.ofNullable(domains.get(host));
    }

    long sequence() {
        return sequence;
    }
}
