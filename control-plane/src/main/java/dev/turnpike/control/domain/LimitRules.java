package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a list of models must satisfy on its own. */
final class LimitRules {
    private LimitRules() {}

    private record Tuple(LimitType type, LimitUnit unit) {}

    static Stream<Limit> all(ModelAccess model) {
        return Stream.concat(model.rateLimits().stream(), model.usageLimits().stream());
    }

    /** The first rule broken, if any. */
    static Optional<Decision> check(List<ModelAccess> models) {
        var slugs = new HashSet<String>();
        for (int i = 0; i < models.size(); i++) {
            var model = models.get(i);
            var at = "models[" + i + "]";
            if (!slugs.add(model.slug())) {
                return Optional.of(Decision.reject(Rule.MODEL_TWICE, at + ".slug"));
            }
            var broken =
                    check(model.rateLimits(), true, at + ".rate_limits")
                            .or(() -> check(model.usageLimits(), false, at + ".usage_limits"));
            if (broken.isPresent()) {
                return broken;
            }
        }
        return Optional.empty();
    }

    private static Optional<Decision> check(List<Limit> limits, boolean rolling, String at) {
        var seen = new HashSet<Tuple>();
        for (int i = 0; i < limits.size(); i++) {
            var limit = limits.get(i);
            if (limit.unit().rolls() != rolling) {
                return Optional.of(Decision.reject(Rule.LIMIT_UNIT, at + "[" + i + "].unit"));
            }
            if (!seen.add(new Tuple(limit.type(), limit.unit()))) {
                return Optional.of(Decision.reject(Rule.LIMIT_TWICE, at + "[" + i + "]"));
            }
        }
        return Optional.empty();
    }
}
