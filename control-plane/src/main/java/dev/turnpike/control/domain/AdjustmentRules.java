package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.Adjust;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ResourceKind;

/** Corrections of bills. They are made once and stay. */
final class AdjustmentRules {
    private AdjustmentRules() {}

    static Decision make(Adjust c, Ask ask, Image image, Bounds bounds) {
        var wanted = c.adjustment();
        var known = image.adjustment(wanted.id().value());
        if (known.isPresent()) {
            return Decision.unchanged(known.get());
        }
        if (ask.by().group(image, wanted.groupId().value()).isEmpty()) {
            return Decision.reject(Rule.GROUP_UNKNOWN, "group_id");
        }
        if (image.count(Listing.all(ResourceKind.ADJUSTMENT)) >= bounds.adjustmentsMax()) {
            return Decision.reject(Rule.TOO_MANY);
        }
        return Decision.one(
                FactDraft.created(
                        new Adjustment(
                                wanted.id(),
                                wanted.groupId(),
                                wanted.rootGroupId(),
                                wanted.externalEntityId(),
                                wanted.amount(),
                                wanted.reason(),
                                wanted.reference(),
                                wanted.modelSlug(),
                                wanted.signature(),
                                ask.at(),
                                wanted.groupsBetween())));
    }
}
