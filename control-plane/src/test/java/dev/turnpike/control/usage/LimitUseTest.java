package dev.turnpike.control.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.UsageTotal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitUseTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final String SLUG = "acme/m1";
    private static final GroupId SELF = group(2);
    private static final GroupId PARENT = group(1);

    private final Map<String, UsageTotal> known = new HashMap<>();
    private final Totals totals = counter -> Optional.ofNullable(known.get(counter));

    @Test
    void whatNothingWasChargedToIsZeroUntilItsWindowEnds() {
        var use = only(limit(LimitUnit.MONTH, SELF), NOON);
        assertThat(use.used()).isZero();
        assertThat(use.reserved()).isZero();
        assertThat(use.resetAt()).isEqualTo("2026-12-01T00:00:00Z");
        assertThat(only(limit(LimitUnit.SECOND, SELF), NOON).resetAt()).isEqualTo(NOON);
    }

    @Test
    void aCalendarWindowCountsAloneAndEndsAtMidnight() {
        charged(SELF, LimitUnit.DAY, NOON, 5, 2);
        charged(SELF, LimitUnit.DAY, NOON.minusSeconds(86_400), 100, 0);
        var use = only(limit(LimitUnit.DAY, SELF), NOON);
        assertThat(use.used()).isEqualTo(5);
        assertThat(use.reserved()).isEqualTo(2);
        assertThat(use.resetAt()).isEqualTo("2026-11-22T00:00:00Z");
    }

    @Test
    void aRollingLimitSumsTheSubWindowsThatStillCount() {
        charged(SELF, LimitUnit.MINUTE, NOON, 1, 0);
        charged(SELF, LimitUnit.MINUTE, NOON.minusSeconds(60), 10, 0);
        charged(SELF, LimitUnit.MINUTE, NOON.minusSeconds(66), 100, 0);
        var use = only(limit(LimitUnit.MINUTE, SELF), NOON);
        assertThat(use.used()).isEqualTo(11);
        assertThat(use.resetAt()).isEqualTo(NOON.plusSeconds(66));
    }

    @Test
    void ancestorsHaveEntriesOfTheirOwnWhichMayBeLeftOut() {
        charged(PARENT, LimitUnit.DAY, NOON, 9, 0);
        var group = group(limit(LimitUnit.DAY, SELF), limit(LimitUnit.DAY, PARENT));
        assertThat(LimitUse.ofCalendar(group, true, totals, NOON).get(SLUG))
                .extracting(use -> use.limit().sourceGroup(), LimitUse::used)
                .containsExactly(tuple(SELF, 0L), tuple(PARENT, 9L));
        assertThat(LimitUse.ofCalendar(group, false, totals, NOON).get(SLUG)).hasSize(1);
        var inherited = group(limit(LimitUnit.DAY, PARENT));
        assertThat(LimitUse.ofCalendar(inherited, false, totals, NOON)).isEmpty();
    }

    private LimitUse only(EffectiveLimit limit, Instant now) {
        var group = group(limit);
        var uses =
                limit.unit().rolls()
                        ? LimitUse.ofRolling(group, true, totals, now)
                        : LimitUse.ofCalendar(group, true, totals, now);
        assertThat(uses).containsOnlyKeys(SLUG);
        assertThat(uses.get(SLUG)).hasSize(1);
        return uses.get(SLUG).getFirst();
    }

    private void charged(GroupId group, LimitUnit unit, Instant at, long used, long reserved) {
        long window = unit.window(at);
        var counter = new Charge(group, SLUG, LimitType.TOKEN, unit, window, 0, 0).counter();
        known.put(
                counter,
                new UsageTotal(
                        group, SLUG, LimitType.TOKEN, unit, window, used, reserved, Map.of()));
    }

    private static EffectiveLimit limit(LimitUnit unit, GroupId source) {
        return new EffectiveLimit(LimitType.TOKEN, unit, 1_000, source, source);
    }

    private static Group group(EffectiveLimit... limits) {
        var model =
                new EffectiveModel(
                        SLUG,
                        List.of(limits).stream().filter(l -> l.unit().rolls()).toList(),
                        List.of(limits).stream().filter(l -> !l.unit().rolls()).toList());
        return new Group(
                SELF,
                "customer",
                null,
                List.of(),
                List.of(model),
                LimitEnforcement.CASCADING,
                PARENT,
                PARENT,
                2,
                NOON,
                NOON,
                1);
    }

    private static GroupId group(int number) {
        return GroupId.ofUlid("%026d".formatted(number));
    }
}
