package dev.turnpike.edge.limit;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Groups with limits on {@code acme/chat}. */
final class Trees {
    static final String SLUG = "acme/chat";

    private Trees() {}

    static GroupId group(int n) {
        return GroupId.ofUlid(String.format(Locale.ROOT, "%026d", n));
    }

    /** A limit of group 1 on itself. */
    static EffectiveLimit limit(LimitType type, LimitUnit unit, long threshold) {
        return limit(1, type, unit, threshold);
    }

    /** A limit that is metered on group {@code metered}. */
    static EffectiveLimit limit(int metered, LimitType type, LimitUnit unit, long threshold) {
        return new EffectiveLimit(type, unit, threshold, group(metered), group(metered));
    }

    /** Group 1, a root, with these limits. */
    static Group leaf(EffectiveLimit... limits) {
        return group(1, 1, limits);
    }

    static Group group(int id, int root, EffectiveLimit... limits) {
        return group(id, root, List.of(model(SLUG, limits)));
    }

    static Group group(int id, int root, List<EffectiveModel> models) {
        return new Group(
                group(id),
                "customer-" + id,
                null,
                List.of(),
                models,
                LimitEnforcement.CASCADING,
                id == root ? null : group(root),
                group(root),
                id == root ? 1 : 2,
                Instant.EPOCH,
                Instant.EPOCH,
                1);
    }

    static EffectiveModel model(String slug, EffectiveLimit... limits) {
        return new EffectiveModel(
                slug,
                List.of(limits).stream().filter(l -> l.unit().rolls()).toList(),
                List.of(limits).stream().filter(l -> !l.unit().rolls()).toList());
    }
}
