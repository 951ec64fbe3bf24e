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
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.id.GroupId;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far somebody's power reaches: over the whole installation, or over one group with everything
 * below it. What is out of reach does not exist for them, in reads, rules and lists alike. Which
 * operations a role has at all is decided before.
 *
 * @param subtree the group a tenant's key is bound to; null for the whole installation
 * @param endsAt when this power ends; null never
 */
public record Authority(Role role, @Nullable GroupId subtree, @Nullable Instant endsAt) {
    /** Of the service itself. */
    public static final Authority SYSTEM = new Authority(Role.OWNER, null, null);

    /** What the holder of {@code key} has. */
    public static Authority of(ManagementKey key) {
        return new Authority(key.role(), key.groupId(), key.expiresAt());
    }

    /** Whether the whole installation is in reach. */
    public boolean unbounded() {
        return subtree == null;
    }

    /** A living group, if it is in reach. */
    public Optional<Group> group(Image image, String id) {
        return image.group(id).filter(group -> sees(image, group));
    }

    /** A living API key, if its group is in reach. */
    public Optional<ApiKey> apiKey(Image image, String prefix) {
        return image.apiKey(prefix).filter(key -> sees(image, key));
    }

    /** A living management key, if it is in reach. */
    public Optional<ManagementKey> managementKey(Image image, String prefix) {
        return image.managementKey(prefix).filter(key -> sees(image, key));
    }

    /** The shortest listing that holds every group in reach. */
    public Listing reach(Image image) {
        if (subtree == null) {
            return Listing.all(ResourceKind.GROUP);
        }
        return image.group(subtree.value())
                .map(group -> Listing.treeOf(group.rootGroupId().value()))
                .orElse(Listing.treeOf(subtree.value()));
    }

    /**
     * The management keys in reach, in creation order.
     *
     * @param after where the page before ended, null to begin
     */
    public Stream<Resource> managementKeys(Image image, @Nullable Place after) {
        if (subtree == null) {
            return image.list(Listing.all(ResourceKind.MANAGEMENT_KEY), after);
        }
        return image.list(reach(image), null)
                .filter(group -> sees(image, group))
                .map(group -> Listing.managementKeysOf(group.resourceId()))
                .flatMap(keys -> image.list(keys, after))
                .sorted(Comparator.comparing(Place::of));
    }

    /**
     * Whether a resource is in reach. A resource that is gone is in reach if its tree or its parent
     * still shows it: below a bound group that is not a root, what stood under a deleted group is
     * shown to the operator only, but for adjustments, which say where their group stood.
     */
    public boolean sees(Image image, Resource resource) {
        return subtree == null
                || switch (resource) {
                    case Group g -> within(image, g.id(), g.parentGroupId(), g.rootGroupId());
                    case ApiKey k -> within(image, k.groupId(), null, k.rootGroupId());
                    case ManagementKey k -> k.groupId() != null && within(image, k.groupId());
                    case Endpoint _, Credential _, Webhook _, Price _ -> false;
                    case Adjustment a ->
                            a.groupsBetween().contains(subtree)
                                    || within(image, a.groupId(), null, a.rootGroupId());
                    case RegistrationKey _, Prefix _, Domain _ -> false;
                    case IdempotencyRecord _, LogHead _, WebhookReplay _ -> false;
                };
    }

    /** Whether {@code role} may be given away: nobody makes a key that can do more than theirs. */
    boolean mayGive(Role wanted) {
        return switch (role) {
            case OWNER -> true;
            case ADMIN -> wanted != Role.OWNER;
            case TENANT_ADMIN -> wanted == Role.TENANT_ADMIN || wanted == Role.MEMBER;
            case OPERATOR, BILLING, AUDITOR, MEMBER -> false;
        };
    }

    /** Whether something that ends at {@code end} outlives this power. */
    boolean outlivedBy(@Nullable Instant end) {
        return endsAt != null && (end == null || end.isAfter(endsAt));
    }

    private boolean within(Image image, GroupId id, @Nullable GroupId parent, GroupId root) {
        return root.equals(subtree)
                || within(image, id)
                || (parent != null && within(image, parent));
    }

    private boolean within(Image image, GroupId id) {
        var top = subtree;
        return top == null
                || id.equals(top)
                || image.group(id.value())
                        .filter(group -> GroupTree.within(image, group, top))
                        .isPresent();
    }
}
