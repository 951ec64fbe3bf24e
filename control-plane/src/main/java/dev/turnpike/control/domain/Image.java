package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.IdempotencyRecord;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Prefix;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.RegistrationKey;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.id.GroupId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * All resources at one point of the control log, with the indexes that rules and lists need.
 * Immutable; a change shares everything it does not touch and costs the logarithm of the size.
 */
public final class Image {
    /** Nothing exists. */
    public static final Image EMPTY = new Image(HashTreePMap.empty(), HashTreePMap.empty());

    private final PMap<String, Resource> byStateKey;
    private final PMap<String, TreePSet<Place>> indexes;

    private Image(PMap<String, Resource> byStateKey, PMap<String, TreePSet<Place>> indexes) {
        this.byStateKey = byStateKey;
        this.indexes = indexes;
    }

    /** This image with {@code resource} in place of what had its state key. */
    public Image with(Resource resource) {
        var key = resource.stateKey();
        var rest = unindexed(byStateKey.get(key));
        var place = Place.of(resource);
        for (var index : indexesOf(resource)) {
            var places = rest.get(index);
            var old = places == null ? TreePSet.<Place>empty() : places;
            rest = rest.plus(index, old.plus(place));
        }
        return new Image(byStateKey.plus(key, SharedIds.of(resource, this)), rest);
    }

    /** This image without what has the state key; itself when there is nothing. */
    public Image without(String stateKey) {
        var old = byStateKey.get(stateKey);
        return old == null ? this : new Image(byStateKey.minus(stateKey), unindexed(old));
    }

    /** What has the state key. */
    public Optional<Resource> find(String stateKey) {
        return Optional.ofNullable(byStateKey.get(stateKey));
    }

    public Optional<Endpoint> endpoint(String id) {
        return find(ResourceKind.ENDPOINT, id, Endpoint.class);
    }

    public Optional<Group> group(String id) {
        return find(ResourceKind.GROUP, id, Group.class);
    }

    public Optional<ApiKey> apiKey(String prefix) {
        return find(ResourceKind.API_KEY, prefix, ApiKey.class);
    }

    public Optional<Credential> credential(String id) {
        return find(ResourceKind.CREDENTIAL, id, Credential.class);
    }

    public Optional<Webhook> webhook(String id) {
        return find(ResourceKind.WEBHOOK, id, Webhook.class);
    }

    public Optional<ManagementKey> managementKey(String prefix) {
        return find(ResourceKind.MANAGEMENT_KEY, prefix, ManagementKey.class);
    }

    public Optional<RegistrationKey> registrationKey(String id) {
        return find(ResourceKind.REGISTRATION_KEY, id, RegistrationKey.class);
    }

    public Optional<Prefix> prefix(String value) {
        return find(ResourceKind.PREFIX, value, Prefix.class);
    }

    public Optional<Domain> domain(String host) {
        return find(ResourceKind.DOMAIN, host, Domain.class);
    }

    public Optional<Price> price(String id) {
        return find(ResourceKind.PRICE, id, Price.class);
    }

    public Optional<Adjustment> adjustment(String id) {
        return find(ResourceKind.ADJUSTMENT, id, Adjustment.class);
    }

    public Optional<IdempotencyRecord> idempotency(String key) {
        return find(ResourceKind.IDEMPOTENCY, key, IdempotencyRecord.class);
    }

    /** The end of the log this image was folded from; empty before the first transaction. */
    public Optional<LogHead> head() {
        return find(ResourceKind.LOG_HEAD, LogHead.ID, LogHead.class);
    }

    /** The living endpoint of a slug. */
    public Optional<Endpoint> endpointOfSlug(String slug) {
        return first(Listing.endpointOfSlug(slug)).flatMap(this::endpoint);
    }

    /** The living group of an external id. */
    public Optional<Group> groupOfExternalId(String externalEntityId) {
        return first(Listing.groupOfExternalId(externalEntityId)).flatMap(this::group);
    }

    /** The children of a group, in creation order. */
    public List<Group> children(GroupId parent) {
        return list(Listing.childrenOf(parent.value()), null)
                .map(resource -> (Group) resource)
                .toList();
    }

    /** How many resources a listing has. */
    public int count(Listing listing) {
        var places = indexes.get(listing.index());
        return places == null ? 0 : places.size();
    }

    /**
     * The resources of a listing in creation order.
     *
     * @param after where the page before ended, null to begin
     */
    public Stream<Resource> list(Listing listing, @Nullable Place after) {
        var places = indexes.get(listing.index());
        if (places == null) {
            return Stream.empty();
        }
        var rest = after == null ? places : places.tailSet(after, false);
        return rest.stream().flatMap(place -> find(listing.kind().stateKey(place.id())).stream());
    }

    /** Everything there is, in no order. */
    public Collection<Resource> all() {
        return byStateKey.values();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image image
                && byStateKey.equals(image.byStateKey)
                && indexes.equals(image.indexes);
    }

    @Override
    public int hashCode() {
        return byStateKey.hashCode();
    }

    private <R extends Resource> Optional<R> find(ResourceKind kind, String id, Class<R> type) {
        return find(kind.stateKey(id)).map(type::cast);
    }

    private Optional<String> first(Listing listing) {
        var places = indexes.get(listing.index());
        return places == null ? Optional.empty() : Optional.of(places.first().id());
    }

    private PMap<String, TreePSet<Place>> unindexed(@Nullable Resource old) {
        var rest = indexes;
        if (old == null) {
            return rest;
        }
        for (var index : indexesOf(old)) {
            var places = rest.get(index);
            if (places != null) {
                var left = places.minus(Place.of(old));
                rest = left.isEmpty() ? rest.minus(index) : rest.plus(index, left);
            }
        }
        return rest;
    }

    private static List<String> indexesOf(Resource resource) {
        var all = Listing.all(resource.kind());
        var listings =
                switch (resource) {
                    case Endpoint e -> List.of(all, Listing.endpointOfSlug(e.slug().value()));
                    case Group g -> groupListings(all, g);
                    case ApiKey k -> List.of(Listing.keysOf(k.groupId().value())); // Not all.
                    case ManagementKey k -> keyListings(all, k);
                    case Credential _, Webhook _, Price _ -> List.of(all);
                    case Adjustment _ -> List.of(all);
                    case RegistrationKey _, Prefix _, Domain _ -> List.of(all);
                    case IdempotencyRecord i ->
                            i.ofMany() && i.reply() != null
                                    ? List.of(all, Listing.keptResults())
                                    : List.of(all);
                    case LogHead _, WebhookReplay _ -> List.of(all);
                };
        return listings.stream().map(Listing::index).toList();
    }

    private static List<Listing> keyListings(Listing all, ManagementKey key) {
        var group = key.groupId();
        return List.of(
                all,
                group == null
                        ? Listing.unboundManagementKeys()
                        : Listing.managementKeysOf(group.value()));
    }

    private static List<Listing> groupListings(Listing all, Group group) {
        var external = Listing.groupOfExternalId(group.externalEntityId());
        var tree = Listing.treeOf(group.rootGroupId().value());
        var parent = group.parentGroupId();
        return parent == null
                ? List.of(all, external, tree, Listing.roots())
                : List.of(all, external, tree, Listing.childrenOf(parent.value()));
    }
}
