package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.EffectiveLimit;
import java.util.List;

/**
 * A slug granted to a group (or {@code *}), with every limit that applies, inherited ones included.
 *
 * @param rateLimits per second, minute or hour
 * @param usageLimits per day or month
 */
public record EffectiveModel(
        String slug, List<EffectiveLimit> rateLimits, List<EffectiveLimit> usageLimits) {
    public EffectiveModel {
        rateLimits = List.copyOf(rateLimits);
        usageLimits = List.copyOf(usageLimits);
    }

    /** As {@link Group#sharing}. */
    EffectiveModel sharing(List<GroupId> known) {
        return new EffectiveModel(
                slug,
                rateLimits.stream().map(limit -> limit.sharing(known)).toList(),
                usageLimits.stream().map(limit -> limit.sharing(known)).toList());
    }
}
