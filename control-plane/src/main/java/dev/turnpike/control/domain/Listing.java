package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.ResourceKind;

/**
 * A list of resources of one kind, kept in creation order.
 *
 * @param kind what is listed
 * @param index names the list within an image
 */
public record Listing(ResourceKind kind, String index) {
    /** Every resource of a kind; there is no such list of API keys, only those of groups. */
    public static Listing all(ResourceKind kind) {
        return new Listing(kind, "all/" + kind.label());
    }

    /** The groups right below a group. */
    public static Listing childrenOf(String groupId) {
        return new Listing(ResourceKind.GROUP, "children/" + groupId);
    }

    /** The groups of a tree, its root included. */
    public static Listing treeOf(String rootGroupId) {
        return new Listing(ResourceKind.GROUP, "tree/" + rootGroupId);
    }

    /** The groups without a parent. */
    public static Listing roots() {
        return new Listing(ResourceKind.GROUP, "roots");
    }

    /** The management keys that are bound to no group. */
    static Listing unboundManagementKeys() {
        return new Listing(ResourceKind.MANAGEMENT_KEY, "unbound");
    }

    /** The management keys bound to a group. */
    static Listing managementKeysOf(String groupId) {
        return new Listing(ResourceKind.MANAGEMENT_KEY, "bound/" + groupId);
    }

    /** The API keys of a group. */
    public static Listing keysOf(String groupId) {
        return new Listing(ResourceKind.API_KEY, "keys/" + groupId);
    }

    /** The one group with an external id, if it lives. */
    public static Listing groupOfExternalId(String externalEntityId) {
        return new Listing(ResourceKind.GROUP, "external/" + externalEntityId);
    }

    /** The idempotency records of changes of many that hold their results. */
    public static Listing keptResults() {
        return new Listing(ResourceKind.IDEMPOTENCY, "results");
    }

    static Listing endpointOfSlug(String slug) {
        return new Listing(ResourceKind.ENDPOINT, "slug/" + slug);
    }
}
