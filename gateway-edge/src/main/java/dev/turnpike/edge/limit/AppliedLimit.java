package dev.turnpike.edge.limit;

import dev.turnpike.schemas.limit.EffectiveLimit;

/**
 * A limit that a request meets.
 *
 * @param slug as the limit declares it: the model, or {@code *} for all models together
 * @param counter what it is held against
 * @param charges whether it is the first of those that share its counter, which is charged once
 */
record AppliedLimit(String slug, EffectiveLimit limit, CounterKey counter, boolean charges) {
    /** What {@code request} needs of it. */
    long need(AdmissionRequest request) {
        return switch (limit.type()) {
            case REQUEST -> 1;
            case TOKEN -> request.tokens();
            case COST -> request.costNanoUsd();
        };
    }
}
