package dev.turnpike.edge.limit;

import static dev.turnpike.schemas.limit.LimitType.COST;
import static dev.turnpike.schemas.limit.LimitType.REQUEST;
import static dev.turnpike.schemas.limit.LimitType.TOKEN;
import static dev.turnpike.schemas.limit.LimitUnit.DAY;
import static dev.turnpike.schemas.limit.LimitUnit.HOUR;
import static dev.turnpike.schemas.limit.LimitUnit.MINUTE;
import static dev.turnpike.schemas.limit.LimitUnit.MONTH;
import static dev.turnpike.schemas.limit.LimitUnit.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FastAdmissionTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private final ManualClock clock = new ManualClock(NOON);
    private final FastAdmission admission = new FastAdmission("me/1", clock);

    private AdmissionResult admit(Group group, long tokens, long cost) {
        return admission.admit(
                new AdmissionRequest(
                        clock.instant(), AppliedLimits.of(group, Trees.SLUG), tokens, cost));
    }

    private Reservation admitted(Group group, long tokens) {
        var result = admit(group, tokens, 0);
        assertThat(result).isInstanceOf(Admitted.class);
        return ((Admitted) result).reservation();
    }

    private Refused refused(Group group, long tokens) {
        var result = admit(group, tokens, 0);
        assertThat(result).isInstanceOf(Refused.class);
        return (Refused) result;
    }

    @Test
    void aFirstBurstIsAdmittedUpToTheExactThreshold() {
        var group = Trees.leaf(Trees.limit(REQUEST, MINUTE, 60));
        for (int i = 0; i < 60; i++) {
            admitted(group, 0);
        }
        var refusal = refused(group, 0);
        assertThat(refusal.quota()).isFalse();
        assertThat(refusal.breach().used()).isEqualTo(60);
        assertThat(refusal.breach().needed()).isEqualTo(1);
    }

    @Test
    void waitingAsLongAsToldIsEnoughAndNotTooLong() {
        var group = Trees.leaf(Trees.limit(REQUEST, MINUTE, 1));
        clock.advance(Duration.ofMillis(1_234));
        admitted(group, 0);
        var wait = refused(group, 0).retryAfter().orElseThrow();
        assertThat(wait).isEqualTo(Duration.ofMillis(66_000 - 1_234));
        clock.advance(wait.minusMillis(1));
        refused(group, 0);
        clock.advance(Duration.ofMillis(1));
        admitted(group, 0);
    }

    @Test
    void aSpentDayOrMonthIsAQuotaWithoutRetry() {
        var group = Trees.leaf(Trees.limit(TOKEN, DAY, 10), Trees.limit(TOKEN, MONTH, 10));
        admission.settle(admitted(group, 5), 10, 0);
        var refusal = refused(group, 1);
        assertThat(refusal.quota()).isTrue();
        assertThat(refusal.retryAfter()).isEmpty();
        assertThat(refusal.breach().limit().unit()).isEqualTo(MONTH);
        assertThat(refusal.breach().windowStart()).isEqualTo("2026-11-01T00:00:00Z");
        assertThat(refusal.breach().windowEnd()).isEqualTo("2026-12-01T00:00:00Z");
    }

    @Test
    void aThresholdOfZeroRefusesAllForGood() {
        var refusal = refused(Trees.leaf(Trees.limit(REQUEST, MINUTE, 0)), 0);
        assertThat(refusal.quota()).isTrue();
        assertThat(refusal.retryAfter()).isEmpty();
    }

    @Test
    void aRequestLargerThanTheThresholdIsNotToldToWait() {
        var refusal = refused(Trees.leaf(Trees.limit(TOKEN, MINUTE, 100)), 101);
        assertThat(refusal.quota()).isFalse();
        assertThat(refusal.retryAfter()).isEmpty();
    }

    @Test
    void theLimitThatLastsLongestIsNamed() {
        var group = Trees.leaf(Trees.limit(REQUEST, HOUR, 1), Trees.limit(REQUEST, MINUTE, 1));
        admitted(group, 0);
        assertThat(refused(group, 0).breach().limit().unit()).isEqualTo(HOUR);
    }

    @Test
    void aRefusalByOneLimitTakesNothingFromAnother() {
        var group = Trees.leaf(Trees.limit(REQUEST, MINUTE, 5), Trees.limit(TOKEN, MINUTE, 10));
        for (int i = 0; i < 20; i++) {
            refused(group, 11);
        }
        assertThat(
                        admission
                                .view(AppliedLimits.of(group, Trees.SLUG), clock.instant())
                                .requests()
                                .orElseThrow())
                .isEqualTo(new RateLimitView.Headroom(5, 5, 0));
    }

    @Test
    void settlingReplacesWhatWasReservedByTheTruth() {
        var group = Trees.leaf(Trees.limit(TOKEN, DAY, 1_000), Trees.limit(COST, DAY, 1_000));
        var reservation = admitted(group, 600);
        refused(group, 600);
        var charges = admission.settle(reservation, 150, 77);
        assertThat(charges).extracting(Charge::actual).containsExactlyInAnyOrder(150L, 77L);
        assertThat(charges).extracting(Charge::reserved).containsExactlyInAnyOrder(600L, 0L);
        admitted(group, 850);
        refused(group, 1);
    }

    @Test
    void releasingGivesTokensBackButNotTheRequest() {
        var group = Trees.leaf(Trees.limit(TOKEN, DAY, 100), Trees.limit(REQUEST, DAY, 2));
        admission.release(admitted(group, 100));
        admission.release(admitted(group, 100));
        assertThat(refused(group, 0).breach().limit().type()).isEqualTo(REQUEST);
    }

    @Test
    void aReservationEndsOnce() {
        var reservation = admitted(Trees.leaf(Trees.limit(TOKEN, DAY, 100)), 10);
        admission.settle(reservation, 10, 0);
        assertThatThrownBy(() -> admission.settle(reservation, 10, 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> admission.release(reservation))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> admission.topUp(reservation, 1, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void topUpsStopAtTheLimitAndAreGivenBackAtTheEnd() {
        var group = Trees.leaf(Trees.limit(TOKEN, DAY, 100));
        var reservation = admitted(group, 40);
        assertThat(admission.topUp(reservation, 60, 0)).isTrue();
        assertThat(admission.topUp(reservation, 1, 0)).isFalse();
        assertThat(reservation.reservedTokens()).isEqualTo(100);
        admission.settle(reservation, 30, 0);
        admitted(group, 70);
    }

    @Test
    void aTopUpOfCostCountsUntilTheTruthReplacesIt() {
        var group = Trees.leaf(Trees.limit(COST, DAY, 100));
        var reservation = ((Admitted) admit(group, 5, 40)).reservation();
        assertThat(admission.topUp(reservation, 1, 60)).isTrue();
        assertThat(admission.topUp(reservation, 1, 1)).isFalse();
        assertThat(reservation.reservedCost()).isEqualTo(100);
        assertThat(admission.settle(reservation, 7, 30).getFirst().actual()).isEqualTo(30);
        assertThat(admit(group, 5, 71)).isInstanceOf(Refused.class);
        assertThat(admit(group, 5, 70)).isInstanceOf(Admitted.class);
    }

    @Test
    void whoReservesNothingPassesWhileSomethingIsLeft() {
        var group = Trees.leaf(Trees.limit(TOKEN, DAY, 10));
        admission.settle(admitted(group, 0), 9, 0);
        admission.settle(admitted(group, 0), 100, 0);
        refused(group, 0);
    }

    @Test
    void aChangedThresholdAppliesAtOnceAndKeepsTheCount() {
        for (int i = 0; i < 3; i++) {
            admitted(Trees.leaf(Trees.limit(REQUEST, DAY, 3)), 0);
        }
        refused(Trees.leaf(Trees.limit(REQUEST, DAY, 2)), 0);
        admitted(Trees.leaf(Trees.limit(REQUEST, DAY, 4)), 0);
    }

    @Test
    void childrenShareTheirParentsPoolAndTheStarPoolsAllModels() {
        var pool = Trees.limit(9, REQUEST, DAY, 3);
        var one = Trees.group(1, 9, List.of(Trees.model("*", pool)));
        var two = Trees.group(2, 9, List.of(Trees.model("*", pool)));
        var reservation = admitted(one, 0);
        assertThat(reservation.charges())
                .extracting(Charge::groupId)
                .containsExactly(Trees.group(9));
        admitted(two, 0);
        admission.admit(new AdmissionRequest(NOON, AppliedLimits.of(two, "acme/other"), 0, 0));
        assertThat(refused(one, 0).breach().slug()).isEqualTo("*");
    }

    @Test
    void aClockThatGoesBackReopensNothing() {
        var group = Trees.leaf(Trees.limit(REQUEST, MINUTE, 1), Trees.limit(REQUEST, DAY, 2));
        admitted(group, 0);
        clock.set(NOON.minus(Duration.ofDays(1)));
        refused(group, 0);
        clock.set(NOON.plus(Duration.ofMinutes(2)));
        admitted(group, 0);
        clock.set(NOON.plus(Duration.ofMinutes(4)));
        refused(group, 0);
    }

    @Test
    void beyondTheMostCountersNewOnesAreRefusedUntilOldOnesExpire() {
        var small = new FastAdmission("me/1", clock, 2);
        for (int n = 1; n <= 3; n++) {
            var group = Trees.group(n, n, Trees.limit(n, REQUEST, MINUTE, 5));
            var result =
                    small.admit(
                            new AdmissionRequest(NOON, AppliedLimits.of(group, Trees.SLUG), 0, 0));
            assertThat(result).isInstanceOf(n <= 2 ? Admitted.class : Refused.class);
        }
        small.expire(NOON.plus(Duration.ofMinutes(10)));
        assertThat(small.liveCounters()).isZero();
    }

    @Test
    void aCounterStaysWhileAnythingInItCountsAndGoesThen() {
        var group =
                Trees.leaf(
                        Trees.limit(REQUEST, SECOND, 100),
                        Trees.limit(REQUEST, HOUR, 100),
                        Trees.limit(TOKEN, DAY, 1_000));
        for (int minute = 0; minute < 180; minute++) {
            clock.set(NOON.plus(Duration.ofMinutes(minute)));
            admission.expire(clock.instant());
            if (minute % 30 == 0) {
                admitted(group, 1);
            }
            assertThat(admission.liveCounters()).isEqualTo(minute % 30 <= 2 ? 3 : 2);
        }
        assertThat(refused(group, 1_000).breach().reserved()).isEqualTo(6);
        var lastHour = NOON.plus(Duration.ofMinutes(150 + 66));
        admission.expire(lastHour.plusMillis(Counters.KEEP_MILLIS - 1));
        assertThat(admission.liveCounters()).isEqualTo(2);
        admission.expire(lastHour.plusMillis(Counters.KEEP_MILLIS + Expiries.STRETCH_MILLIS));
        assertThat(admission.liveCounters()).isEqualTo(1);
        var midnight = Instant.parse("2026-11-02T00:00:00Z");
        admission.expire(midnight.plusMillis(Counters.KEEP_MILLIS + Expiries.STRETCH_MILLIS));
        assertThat(admission.liveCounters()).isZero();
    }

    @Test
    void theTightestLimitIsShownWithTheTimeUntilItIsFull() {
        var group = Trees.leaf(Trees.limit(REQUEST, MINUTE, 3), Trees.limit(REQUEST, HOUR, 100));
        admitted(group, 0);
        var view = admission.view(AppliedLimits.of(group, Trees.SLUG), clock.instant());
        assertThat(view.requests().orElseThrow())
                .isEqualTo(new RateLimitView.Headroom(3, 2, 66_000));
        assertThat(view.tokens()).isEmpty();
    }
}
