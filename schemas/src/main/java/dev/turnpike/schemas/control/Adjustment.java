package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A correction of a group's bill by the operator. It never changes and is never deleted; what was
 * wrong is put right by another one. It holds for the moment at which its id was drawn.
 *
 * @param rootGroupId of the group's tree
 * @param externalEntityId of the group, as it was then
 * @param amount what the group has to pay more; negative for a credit, never zero
 * @param reason why, for people
 * @param reference the operator's own reference, such as the number of an invoice; null for none
 * @param modelSlug the model it is about, null for none in particular
 * @param signature HMAC-SHA-256 over all of the above and {@code groupsBetween}, by which nobody
 *     without the master key can have written it
 * @param groupsBetween the groups between root and group, from the top; empty when there are none
 *     and in adjustments of older releases
 */
public record Adjustment(
        AdjustmentId id,
        GroupId groupId,
        GroupId rootGroupId,
        String externalEntityId,
        NanoUsd amount,
        String reason,
        @Nullable String reference,
        @Nullable String modelSlug,
        byte[] signature,
        Instant createdAt,
        List<GroupId> groupsBetween)
        implements Resource {
    /** What stands before the signature in hexadecimal, wherever it is shown. */
    public static final String SIGNATURE_SCHEME = "v1=";

    public Adjustment {
        groupsBetween = List.copyOf(groupsBetween);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.ADJUSTMENT;
    }

    @Override
    public String resourceId() {
        return id.value();
    }
}
