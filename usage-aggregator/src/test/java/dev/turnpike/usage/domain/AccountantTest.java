package dev.turnpike.usage.domain;

import static dev.turnpike.usage.domain.Facts.NOON;
import static dev.turnpike.usage.domain.Facts.aborted;
import static dev.turnpike.usage.domain.Facts.refused;
import static dev.turnpike.usage.domain.Facts.requests;
import static dev.turnpike.usage.domain.Facts.settled;
import static dev.turnpike.usage.domain.Facts.started;
import static dev.turnpike.usage.domain.Facts.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.usage.domain.StreamMark.Arrival;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountantTest {
    private static final Charge HELD = tokens(LimitUnit.DAY, 90, 0);
    private static final Charge USED = HELD.settled(60);
    private static final PriceBook BOOK = new PriceBook(List.of(Facts.price(1, Facts.SLUG, NOON)));

    private final MemoryState state = new MemoryState();
    private final Accountant accountant = new Accountant(state);

    @Test
    void anOpenRequestHoldsWhatItSetAside() {
        apply(started("e/1", 1, 1, HELD, requests(LimitUnit.DAY)));
        assertThat(total(HELD)).isEqualTo(total(HELD, 0, 90, Map.of("e/1", 90L)));
        var ofRequests = requests(LimitUnit.DAY);
        assertThat(total(ofRequests)).isEqualTo(total(ofRequests, 1, 0, Map.of("e/1", 1L)));
    }

    @Test
    void theEndReplacesWhatWasSetAsideByTheTruth() {
        apply(started("e/1", 1, 1, HELD, requests(LimitUnit.DAY)));
        apply(settled("e/1", 2, 1, USED, requests(LimitUnit.DAY)));
        assertThat(total(HELD)).isEqualTo(total(HELD, 60, 0, Map.of("e/1", 60L)));
        var ofRequests = requests(LimitUnit.DAY);
        assertThat(total(ofRequests)).isEqualTo(total(ofRequests, 1, 0, Map.of("e/1", 1L)));
    }

    @Test
    void anAbortByTheNextStartCorrectsTheStreamThatAdmitted() {
        apply(started("e/1", 1, 1, HELD));
        apply(aborted("e/2", 1, 1, "e/1", USED));
        assertThat(total(HELD)).isEqualTo(total(HELD, 60, 0, Map.of("e/1", 60L)));
    }

    @Test
    void anEndWithoutABeginningStillCounts() {
        apply(aborted("e/2", 1, 1, "e/1", USED));
        assertThat(total(HELD)).isEqualTo(total(HELD, 60, 0, Map.of("e/1", 60L)));
    }

    @Test
    void aBeginningAfterItsEndChangesNothing() {
        apply(settled("e/1", 2, 1, USED));
        var applied = apply(started("e/1", 1, 1, HELD));
        assertThat(applied.outcome()).isEqualTo(new Applied.Outcome.Duplicate());
        assertThat(applied.arrival()).isEqualTo(Arrival.LATE);
        assertThat(total(HELD)).isEqualTo(total(HELD, 60, 0, Map.of("e/1", 60L)));
    }

    @Test
    void repetitionsOfAnyKindChangeNothing() {
        var records =
                List.of(
                        started("e/1", 1, 1, HELD),
                        settled("e/1", 2, 1, USED),
                        refused("e/1", 3, 2));
        records.forEach(this::apply);
        var before = state.copy();
        for (var record : records) {
            assertThat(apply(record).entry()).isEmpty();
        }
        assertThat(apply(aborted("e/2", 1, 1, "e/1", USED)).entry()).isEmpty();
        assertThat(state.requests).isEqualTo(before.requests);
        assertThat(state.totals).isEqualTo(before.totals);
    }

    @Test
    void aGapIsToldAndStopsNothing() {
        apply(started("e/1", 1, 1, HELD));
        var applied = apply(settled("e/1", 4, 1, USED));
        assertThat(applied.arrival()).isEqualTo(Arrival.AFTER_GAP);
        assertThat(applied.skipped()).isEqualTo(2);
        assertThat(applied.entry()).isPresent();
    }

    @Test
    void anEntryCarriesItsCostAndThePriceThatMadeIt() {
        var entry = entry(settled("e/1", 1, 1, USED));
        assertThat(entry.cost()).isEqualTo(new NanoUsd(1_000 * 2_000 + 500 * 6_000));
        assertThat(entry.priceVersion()).isEqualTo("price_00000000000000000000000001@1");
        assertThat(entry.entryId()).isEqualTo(Facts.request(1).value().substring(4));
        assertThat(entry.charges()).containsExactly(USED);
    }

    @Test
    void withoutAPriceTheEntryHasNoCost() {
        var applied =
                accountant.apply(settled("e/1", 1, 1, USED), Facts.horizon(NOON), PriceBook.EMPTY);
        assertThat(applied.entry().orElseThrow().cost()).isNull();
        assertThat(applied.entry().orElseThrow().priceVersion()).isNull();
    }

    @Test
    void aRefusalIsAnEntryThatCostsNothing() {
        var entry = entry(refused("e/1", 1, 1));
        assertThat(entry.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(entry.cost()).isEqualTo(NanoUsd.ZERO);
        assertThat(state.totals).isEmpty();
    }

    @Test
    void aWindowThatWasPutAwayDoesNotComeBack() {
        var second = tokens(LimitUnit.SECOND, 90, 0);
        var late = Facts.horizon(NOON.plus(Horizon.ROLLING_GRACE).plusSeconds(2));
        accountant.apply(started("e/1", 1, 1, second, HELD), late, BOOK);
        accountant.apply(settled("e/1", 2, 1, second.settled(60), USED), late, BOOK);
        assertThat(state.totals.keySet()).containsExactly(HELD.counter());
    }

    @Test
    void aForgottenRequestGivesBackWhatItHeld() {
        apply(started("e/1", 1, 1, HELD, requests(LimitUnit.DAY)));
        accountant.forget(Facts.request(1), Facts.horizon(NOON));
        assertThat(total(HELD)).isEqualTo(total(HELD, 0, 0, Map.of()));
        assertThat(total(requests(LimitUnit.DAY)).used()).isOne();
        assertThat(state.requests).isEmpty();
    }

    @Test
    void beyondTheHorizonTheSequenceTellsTheRepeatedFromTheLate() {
        apply(settled("e/1", 1, 1, USED));
        var later = Facts.horizon(NOON.plus(Duration.ofDays(9)));
        accountant.forget(Facts.request(1), later);
        assertThat(accountant.apply(settled("e/1", 1, 1, USED), later, BOOK).entry()).isEmpty();
        assertThat(accountant.apply(settled("e/1", 2, 2, USED), later, BOOK).entry()).isPresent();
    }

    @Test
    void aLateBeginningBeyondTheHorizonDoesNotLetTheEndCountTwice() {
        var later = Facts.horizon(NOON.plus(Duration.ofDays(9)));
        accountant.apply(settled("e/1", 2, 1, USED), later, BOOK);
        accountant.forget(Facts.request(1), later);
        accountant.apply(started("e/1", 1, 1, HELD), later, BOOK);
        assertThat(accountant.apply(settled("e/1", 2, 1, USED), later, BOOK).entry()).isEmpty();
    }

    @Test
    void theHorizonRemembersExactlyItsRetention() {
        var horizon = Facts.horizon(NOON.plus(Horizon.REQUESTS_MIN));
        assertThat(horizon.forgets(Facts.request(NOON, 0))).isFalse();
        assertThat(horizon.forgets(Facts.request(NOON.minusMillis(1), 7))).isTrue();
    }

    @Test
    void aTotalNamesABoundedNumberOfStreamsAndLosesNone() {
        int edges = Totals.CONTRIBUTIONS_MAX + 40;
        for (int edge = 1; edge <= edges; edge++) {
            apply(settled("edge-" + edge + "/1", 1, edge, USED));
        }
        var total = total(HELD);
        assertThat(total.used()).isEqualTo(edges * 60L);
        assertThat(total.contributions()).hasSize(Totals.CONTRIBUTIONS_MAX);
        assertThat(sum(total)).isEqualTo(edges * 60L);
    }

    @Test
    void theDeadStartsOfAnEdgeAreFoldedBeforeLiveOnes() {
        for (int start = 1; start <= Totals.CONTRIBUTIONS_MAX + 9; start++) {
            apply(settled("e/" + start, 1, start, USED));
        }
        assertThat(total(HELD).contributions())
                .containsKeys(Totals.OTHERS, "e/" + (Totals.CONTRIBUTIONS_MAX + 9))
                .doesNotContainKeys("e/1", "e/9");
    }

    @Test
    void aRecordThatCannotBeTrueIsRefusedBeforeItChangesAnything() {
        var negative = HELD.settled(-1);
        assertThatThrownBy(() -> apply(settled("e/1", 1, 1, USED, negative)))
                .isInstanceOf(InvalidRecordException.class);
        assertThatThrownBy(() -> apply(settled("e/1", 0, 1, USED)))
                .isInstanceOf(InvalidRecordException.class);
        assertThat(state.marks).isEmpty();
        assertThat(state.totals).isEmpty();
    }

    private Applied apply(RequestRecord record) {
        return accountant.apply(record, Facts.horizon(NOON), BOOK);
    }

    private LedgerEntry entry(RequestRecord record) {
        return apply(record).entry().orElseThrow();
    }

    private UsageTotal total(Charge charge) {
        return Optional.ofNullable(state.totals.get(charge.counter())).orElseThrow();
    }

    private static UsageTotal total(
            Charge of, long used, long reserved, Map<String, Long> contributions) {
        return new UsageTotal(
                of.groupId(),
                of.slug(),
                of.type(),
                of.unit(),
                of.window(),
                used,
                reserved,
                contributions);
    }

    private static long sum(UsageTotal total) {
        return total.contributions().values().stream().mapToLong(Long::longValue).sum();
    }
}
