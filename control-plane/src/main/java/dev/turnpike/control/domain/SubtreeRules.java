package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a key that is bound to a group may do below it. Whatever it writes, nobody below gets a
 * model or an allowance that the bound group does not have.
 */
final class SubtreeRules {
    private SubtreeRules() {}

    /** The first rule a new group would break; {@code draft} stands below the bound group. */
    static Optional<Decision> create(Group draft, Ask ask, Image image) {
        var own = own(ask, image);
        if (own.isEmpty()) {
            return Optional.empty();
        }
        if (draft.limitEnforcement() == LimitEnforcement.INDEPENDENT) {
            return Optional.of(Decision.reject(Rule.OWN_TEMPLATE));
        }
        // Else a tenant could try out which ids other tenants have, or take them first.
        if (!draft.externalEntityId().startsWith(own.get().externalEntityId() + "/")) {
            return Optional.of(
                    Decision.reject(Rule.EXTERNAL_ID_NOT_OWN, "metadata.external_entity_id"));
        }
        return models(draft, own.get());
    }

    /** The first rule a changed group would break. */
    static Optional<Decision> update(Group changed, Ask ask, Image image) {
        return change(changed, ask).or(() -> own(ask, image).flatMap(own -> models(changed, own)));
    }

    /** A tenant's own group is the operator's business. */
    static Optional<Decision> change(Group group, Ask ask) {
        return group.id().equals(ask.by().subtree())
                ? Optional.of(Decision.reject(Rule.OWN_GROUP))
                : Optional.empty();
    }

    private static Optional<Group> own(Ask ask, Image image) {
        return Optional.ofNullable(ask.by().subtree()).flatMap(id -> image.group(id.value()));
    }

    private static Optional<Decision> models(Group group, Group own) {
        for (int i = 0; i < group.models().size(); i++) {
            var model = group.models().get(i);
            var slug = model.slug();
            boolean granted =
                    slug.equals(ModelAccess.ALL_MODELS) // Grants nothing, only limits.
                            || own.models().stream().anyMatch(m -> m.slug().equals(slug));
            if (!granted) {
                return Optional.of(Decision.reject(Rule.SLUG_NOT_OWN, "models[" + i + "].slug"));
            }
            if (exceeds(model, own)) {
                return Optional.of(Decision.reject(Rule.EXCEEDS_PARENT, "models"));
            }
        }
        return Optional.empty();
    }

    private static boolean exceeds(ModelAccess model, Group own) {
        return own.effectiveModels().stream()
                .filter(effective -> effective.slug().equals(model.slug()))
                .flatMap(SubtreeRules::limits)
                .anyMatch(limit -> LimitRules.all(model).anyMatch(mine -> exceeds(mine, limit)));
    }

    private static boolean exceeds(Limit mine, EffectiveLimit limit) {
        return mine.type() == limit.type()
                && mine.unit() == limit.unit()
                && mine.threshold() > limit.threshold();
    }

    private static Stream<EffectiveLimit> limits(EffectiveModel model) {
        return Stream.concat(model.rateLimits().stream(), model.usageLimits().stream());
    }
}
