package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.Adjust;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;

/**
 * Corrections of bills. They are made once and stay in the ledger; here the newest are remembered,
 * so that a repeated request finds its own.
 */
final class AdjustmentRules {
    /** How long one is remembered at least; longer than any {@code Idempotency-Key}. */
    static final Duration KEPT = Duration.ofHours(48);

    private AdjustmentRules() {}

    static Decision make(Adjust c, Ask ask, Image image, Bounds bounds) {
        var wanted = c.adjustment();
        var known = image.adjustment(wanted.id().value());
        if (known.isPresent()) {
            return Decision.unchanged(known.get());
        }
        // The group was found by who sent this; whoever has left is to be credited all the same.
        if (!ask.by().unbounded() && ask.by().group(image, wanted.groupId().value()).isEmpty()) {
            return Decision.reject(Rule.GROUP_UNKNOWN, "group_id");
        }
        var facts = new ArrayList<FactDraft>();
        var made = stamped(wanted, ask.at());
        facts.add(FactDraft.created(made));
        var all = Listing.all(ResourceKind.ADJUSTMENT);
        if (image.count(all) >= bounds.adjustmentsMax()) {
            var oldest = image.list(all, null).findFirst().orElseThrow();
            if (oldest.createdAt().plus(KEPT).isAfter(ask.at())) {
                var parts = "adjustments in " + KEPT.toHours() + " hours";
                return Decision.full("An installation", bounds.adjustmentsMax(), parts);
            }
            facts.add(FactDraft.forgotten(oldest));
        }
        return new Decision.Accepted(facts, made);
    }

    private static Adjustment stamped(Adjustment wanted, Instant at) {
        return new Adjustment(
                wanted.id(),
                wanted.groupId(),
                wanted.rootGroupId(),
                wanted.externalEntityId(),
                wanted.amount(),
                wanted.reason(),
                wanted.reference(),
                wanted.modelSlug(),
                wanted.signature(),
                at,
                wanted.groupsBetween());
    }
}
