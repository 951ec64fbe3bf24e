package dev.turnpike.edge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every type of limit in every unit. */
class LimitMatrixTest {
    /** The last moment of a month, a day, an hour and a minute. */
    private static final Instant LATE = Instant.parse("2026-11-30T23:59:59.950Z");

    private static final int THRESHOLD = 10;
    private static final int EACH = 2;

    private final ManualClock clock = new ManualClock(LATE);
    private final FastAdmission admission = new FastAdmission("me/1", clock);

    static Stream<Arguments> everyTypeAndUnit() {
        return Arrays.stream(LimitType.values())
                .flatMap(type ->
                        Arrays.stream(LimitUnit.values()).map(unit -> Arguments.of(type, unit)));
    }

    @ParameterizedTest
    @MethodSource("everyTypeAndUnit")
    void isFilledToTheThresholdAndRefusesUntilItsIntervalHasPassed(LimitType type, LimitUnit unit) {
        var group = Trees.leaf(Trees.limit(type, unit, THRESHOLD));
        fill(group, type, THRESHOLD);

        var refusal = refused(group);

        assertThat(refusal.breach().limit().type()).isEqualTo(type);
        assertThat(refusal.breach().used()).isEqualTo(THRESHOLD);
        assertThat(refusal.quota()).isEqualTo(!unit.rolls());
        assertThat(refusal.retryAfter().isPresent()).isEqualTo(unit.rolls());
        assertThat(refusal.breach().windowEnd()).isAfter(LATE);
        clock.set(refusal.breach().windowEnd().minusMillis(1));
        refused(group);
        clock.advance(Duration.ofMillis(1));
        admitted(group);
    }

    @ParameterizedTest
    @MethodSource("everyTypeAndUnit")
    void aThresholdOfZeroRefusesForGood(LimitType type, LimitUnit unit) {
        var refusal = refused(Trees.leaf(Trees.limit(type, unit, 0)));

        assertThat(refusal.quota()).isTrue();
        assertThat(refusal.retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyTypeAndUnit")
    void aChangedThresholdAppliesAtOnceAndKeepsWhatWasCounted(LimitType type, LimitUnit unit) {
        fill(Trees.leaf(Trees.limit(type, unit, THRESHOLD)), type, THRESHOLD);

        assertThat(refused(Trees.leaf(Trees.limit(type, unit, 4))).breach().used())
                .isEqualTo(THRESHOLD);
        admitted(Trees.leaf(Trees.limit(type, unit, THRESHOLD + EACH)));
        refused(Trees.leaf(Trees.limit(type, unit, THRESHOLD + 1)));
    }

    @ParameterizedTest
    @MethodSource("everyTypeAndUnit")
    void theStarPoolsAllModels(LimitType type, LimitUnit unit) {
        var group =
                Trees.group(1, 1, List.of(Trees.model("*", Trees.limit(type, unit, THRESHOLD))));
        fill(group, type, THRESHOLD);

        var other = admission.admit(request(group, "acme/other"));

        assertThat(other).isInstanceOf(Refused.class);
        assertThat(((Refused) other).breach().slug()).isEqualTo("*");
    }

    @ParameterizedTest
    @MethodSource("everyTypeAndUnit")
    void aCascadingRequestIsChargedToTheGroupAndAllAncestorsOrToNone(
            LimitType type, LimitUnit unit) {
        var own = Trees.limit(1, type, unit, THRESHOLD);
        var parent = Trees.limit(8, type, unit, THRESHOLD + EACH);
        var root = Trees.limit(9, type, unit, 1_000);
        var child = Trees.group(1, 9, own, parent, root);
        var siblings = Trees.limit(2, type, unit, THRESHOLD);
        var sibling = Trees.group(2, 9, siblings, parent, root);

        var held = admitted(child);
        assertThat(held.charges())
                .extracting(Charge::groupId)
                .containsExactlyInAnyOrder(Trees.group(1), Trees.group(8), Trees.group(9));
        admission.settle(held, EACH, EACH);
        fill(child, type, THRESHOLD - used(own));
        refused(child); // Its own is full.
        long before = used(root);
        fill(sibling, type, THRESHOLD + EACH - used(parent));

        assertThat(refused(sibling).breach().limit().sourceGroup()).isEqualTo(Trees.group(8));
        assertThat(used(root)).isEqualTo(before + used(siblings));
    }

    /** What a refusal says is used, asked by a limit of 0 on the same counter. */
    private long used(EffectiveLimit limit) {
        var probe =
                new EffectiveLimit(
                        limit.type(), limit.unit(), 0, limit.sourceGroup(), limit.meteredGroup());
        return refused(Trees.group(1, 9, probe)).breach().used();
    }

    /** Uses up {@code amount}, {@link #EACH} at a time, or one at a time for requests. */
    private void fill(Group group, LimitType type, long amount) {
        long each = type == LimitType.REQUEST ? 1 : EACH;
        for (long filled = 0; filled < amount; filled += each) {
            admission.settle(admitted(group), EACH, EACH);
        }
    }

    private Reservation admitted(Group group) {
        var result = admission.admit(request(group, Trees.SLUG));
        assertThat(result).isInstanceOf(Admitted.class);
        return ((Admitted) result).reservation();
    }

    private Refused refused(Group group) {
        var result = admission.admit(request(group, Trees.SLUG));
        assertThat(result).isInstanceOf(Refused.class);
        return (Refused) result;
    }

    private AdmissionRequest request(Group group, String slug) {
        return new AdmissionRequest(clock.instant(), AppliedLimits.of(group, slug), EACH, EACH);
    }
}
