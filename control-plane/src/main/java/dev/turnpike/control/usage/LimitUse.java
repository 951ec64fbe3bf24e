package dev.turnpike.control.usage;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How much of one limit is used at one moment.
 *
 * @param limit what applies, with whose it is
 * @param used settled use in the interval that ends now
 * @param reserved set aside for running requests
 * @param resetAt when nothing of that counts any more: the end of a calendar window, or the moment
 *     at which a rolling limit is full again if nothing more is used
 */
public record LimitUse(EffectiveLimit limit, long used, long reserved, Instant resetAt) {
    /**
     * The use of every usage limit of {@code group}, by slug. A slug without one is not there.
     *
     * @param ancestors whether limits that are metered on other groups are among them
     */
    public static Map<String, List<LimitUse>> ofCalendar(
            Group group, boolean ancestors, Totals totals, Instant now) {
        return of(group, EffectiveModel::usageLimits, ancestors, totals, now);
    }

    /** The same of every rate limit. */
    public static Map<String, List<LimitUse>> ofRolling(
            Group group, boolean ancestors, Totals totals, Instant now) {
        return of(group, EffectiveModel::rateLimits, ancestors, totals, now);
    }

    private static Map<String, List<LimitUse>> of(
            Group group,
            Function<EffectiveModel, List<EffectiveLimit>> kind,
            boolean ancestors,
            Totals totals,
            Instant now) {
        var bySlug = new LinkedHashMap<String, List<LimitUse>>();
        for (var model : group.effectiveModels()) {
            var uses = new ArrayList<LimitUse>();
            for (var limit : kind.apply(model)) {
                if (ancestors || limit.meteredGroup().equals(group.id())) {
                    uses.add(of(model.slug(), limit, totals, now));
                }
            }
            if (!uses.isEmpty()) {
                bySlug.put(model.slug(), uses);
            }
        }
        return bySlug;
    }

    private static LimitUse of(String slug, EffectiveLimit limit, Totals totals, Instant now) {
        var unit = limit.unit();
        long last = unit.window(now);
        long first = unit.rolls() ? last - LimitUnit.SUB_WINDOWS : last;
        long used = 0;
        long reserved = 0;
        var resetAt = unit.rolls() ? now : unit.windowExpiry(last);
        for (long window = first; window <= last; window++) {
            var total = totals.find(counter(slug, limit, window));
            if (total.isPresent()) {
                used += total.get().used();
                reserved += total.get().reserved();
                if (total.get().used() + total.get().reserved() > 0) {
                    resetAt = unit.windowExpiry(window);
                }
            }
        }
        return new LimitUse(limit, used, reserved, resetAt);
    }

    private static String counter(String slug, EffectiveLimit limit, long window) {
        return new Charge(limit.meteredGroup(), slug, limit.type(), limit.unit(), window, 0, 0)
                .counter();
    }
}
