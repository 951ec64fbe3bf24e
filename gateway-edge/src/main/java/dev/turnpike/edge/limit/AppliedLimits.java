package dev.turnpike.edge.limit;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The limits that a request of a group for a model meets, in the order in which the group has them.
 * Found once for all such requests and asked by all who need them. Immutable.
 */
public final class AppliedLimits {
    private static final String ALL_MODELS = "*";

    private final GroupId rootGroup;
    private final List<AppliedLimit> limits = new ArrayList<>(4);
    private final Set<LimitType> counted = EnumSet.noneOf(LimitType.class);

    private AppliedLimits(GroupId rootGroup) {
        this.rootGroup = rootGroup;
    }

    /** Every limit for {@code slug} and for all models of {@code group}. */
    public static AppliedLimits of(Group group, String slug) {
        var applied = new AppliedLimits(group.rootGroupId());
        var models = group.effectiveModels();
        for (int i = 0; i < models.size(); i++) {
            var model = models.get(i);
            if (model.slug().equals(slug) || model.slug().equals(ALL_MODELS)) {
                applied.add(model, model.rateLimits());
                applied.add(model, model.usageLimits());
            }
        }
        return applied;
    }

    private void add(EffectiveModel model, List<EffectiveLimit> more) {
        for (int i = 0; i < more.size(); i++) {
            var limit = more.get(i);
            var key =
                    new CounterKey(limit.meteredGroup(), model.slug(), limit.type(), limit.unit());
            limits.add(new AppliedLimit(model.slug(), limit, key, !has(key)));
            counted.add(limit.type());
        }
    }

    /** There are a few limits, and tens at most: every ancestor may declare each once. */
    private boolean has(CounterKey key) {
        for (int i = 0; i < limits.size(); i++) {
            if (limits.get(i).counter().equals(key)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of them counts {@code type}. */
    public boolean count(LimitType type) {
        return counted.contains(type);
    }

    /** Whether it matters how long a request is: one of them counts tokens, or what they cost. */
    public boolean countTokens() {
        return count(LimitType.TOKEN) || count(LimitType.COST);
    }

    GroupId rootGroup() {
        return rootGroup;
    }

    /** Not to be changed. */
    List<AppliedLimit> all() {
        return limits;
    }
}
