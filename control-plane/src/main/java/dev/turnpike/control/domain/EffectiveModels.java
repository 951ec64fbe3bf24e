package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;

/**
 * What applies to a group: its own slugs, each with its own limits and those it inherits. {@code *}
 * stands in the result when the group or any ancestor declares limits over all models.
 */
final class EffectiveModels {
    private EffectiveModels() {}

    private record Tuple(LimitType type, LimitUnit unit) {}

    /**
     * @param path the group itself, its parent, and so on up to the root
     */
    static List<EffectiveModel> of(List<Group> path) {
        var self = path.getFirst();
        var slugs = new LinkedHashSet<String>();
        self.models().forEach(model -> slugs.add(model.slug()));
        if (path.stream().anyMatch(group -> declares(group, ModelAccess.ALL_MODELS))) {
            slugs.add(ModelAccess.ALL_MODELS);
        }
        return slugs.stream()
                .map(slug ->
                        new EffectiveModel(
                                slug,
                                limits(path, slug, ModelAccess::rateLimits),
                                limits(path, slug, ModelAccess::usageLimits)))
                .toList();
    }

    private static boolean declares(Group group, String slug) {
        return group.models().stream().anyMatch(model -> model.slug().equals(slug));
    }

    private static List<EffectiveLimit> limits(
            List<Group> path, String slug, Function<ModelAccess, List<Limit>> kind) {
        var self = path.getFirst();
        boolean nearestOnly = self.limitEnforcement() == LimitEnforcement.INDEPENDENT;
        var seen = new HashSet<Tuple>();
        var limits = new ArrayList<EffectiveLimit>();
        for (var source : path) {
            for (var model : source.models()) {
                if (!model.slug().equals(slug)) {
                    continue;
                }
                for (var limit : kind.apply(model)) {
                    if (seen.add(new Tuple(limit.type(), limit.unit())) || !nearestOnly) {
                        var metered = nearestOnly ? self.id() : source.id();
                        limits.add(
                                new EffectiveLimit(
                                        limit.type(),
                                        limit.unit(),
                                        limit.threshold(),
                                        source.id(),
                                        metered));
                    }
                }
            }
        }
        return limits;
    }
}
