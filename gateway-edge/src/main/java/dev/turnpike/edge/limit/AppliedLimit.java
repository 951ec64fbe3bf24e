package dev.turnpike.edge.limit;

import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import java.util.ArrayList;
import java.util.List;

/**
 * A limit that a request meets.
 *
 * @param slug as the limit declares it: the model, or {@code *} for all models together
 */
record AppliedLimit(String slug, EffectiveLimit limit) {
    private static final String ALL_MODELS = "*";

    /** Every limit for {@code slug} and for all models of {@code group}. */
    static List<AppliedLimit> of(Group group, String slug) {
        var applied = new ArrayList<AppliedLimit>();
        for (var model : group.effectiveModels()) {
            if (model.slug().equals(slug) || model.slug().equals(ALL_MODELS)) {
                model.rateLimits().forEach(l -> applied.add(new AppliedLimit(model.slug(), l)));
                model.usageLimits().forEach(l -> applied.add(new AppliedLimit(model.slug(), l)));
            }
        }
        return applied;
    }

    CounterKey counter() {
        return new CounterKey(limit.meteredGroup(), slug, limit.type(), limit.unit());
    }

    /** What {@code request} needs of it. */
    long need(AdmissionRequest request) {
        return switch (limit.type()) {
            case REQUEST -> 1;
            case TOKEN -> request.tokens();
            case COST -> request.costNanoUsd();
        };
    }

    boolean counts(LimitType type) {
        return limit.type() == type;
    }
}
