package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.Resource;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A fact before it has a place in the log.
 *
 * @param action as in {@code group.created}
 * @param before null for a creation
 * @param after null for a deletion
 */
public record FactDraft(String action, @Nullable Resource before, @Nullable Resource after) {
    /** Every action there is. */
    public static final Set<String> ACTIONS =
            Set.of(
                    "adjustment.created",
                    "adjustment.forgotten",
                    "api_key.created",
                    "api_key.forgotten",
                    "api_key.revoked",
                    "credential.created",
                    "credential.deleted",
                    "credential.rotated",
                    "domain.certificate_rotated",
                    "domain.created",
                    "domain.deleted",
                    "domain.updated",
                    "endpoint.created",
                    "endpoint.deleted",
                    "endpoint.updated",
                    "group.created",
                    "group.deleted",
                    "group.updated",
                    "management_key.created",
                    "management_key.forgotten",
                    "management_key.revoked",
                    "prefix.created",
                    "prefix.deleted",
                    "price.created",
                    "price.deleted",
                    "price.updated",
                    "registration_key.created",
                    "registration_key.deleted",
                    "webhook.created",
                    "webhook.deleted",
                    "webhook.disabled",
                    "webhook.secret_rotated",
                    "webhook.updated",
                    "webhook_replay.created",
                    "webhook_replay.expired");

    public FactDraft {
        if (!ACTIONS.contains(action)) {
            throw new IllegalArgumentException("not an action: " + action);
        }
    }

    static FactDraft created(Resource after) {
        return new FactDraft(after.kind().label() + ".created", null, after);
    }

    static FactDraft updated(Resource before, Resource after) {
        return new FactDraft(after.kind().label() + ".updated", before, after);
    }

    static FactDraft deleted(Resource before) {
        return new FactDraft(before.kind().label() + ".deleted", before, null);
    }

    static FactDraft revoked(Resource before) {
        return new FactDraft(before.kind().label() + ".revoked", before, null);
    }

    /** It has ended before; only now it makes room. */
    static FactDraft forgotten(Resource before) {
        return new FactDraft(before.kind().label() + ".forgotten", before, null);
    }

    /** The resource it is about: the new record, or the last one of a deletion. */
    public Resource subject() {
        return after != null ? after : Objects.requireNonNull(before);
    }
}
