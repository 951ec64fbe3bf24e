package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.Resource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fact before it has a place in the log.
 *
 * @param action as in {@code group.created}
 * @param before null for a creation
 * @param after null for a deletion
 */
public record FactDraft(String action, @Nullable Resource before, @Nullable Resource after) {
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

    /** The resource it is about: the new record, or the last one of a deletion. */
    public Resource subject() {
        return after != null ? after : Objects.requireNonNull(before);
    }
}
    /** It has ended before; only now it makes room. */
    static FactDraft forgotten(Resource before) {
        return new FactDraft(before.kind().label() + ".forgotten", before, null);
    }

