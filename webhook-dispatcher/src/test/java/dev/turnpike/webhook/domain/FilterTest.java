package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.webhook.EventFilter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterTest {
    private static final Instant LATER = Samples.START.plusSeconds(60);
    private static final Webhook ALL = Samples.webhook(1, "https://receiver.example/");

    private final ListedDirectory directory = new ListedDirectory();

    private boolean matches(Webhook webhook, LedgerEntry entry) {
        return EventFilter.matches(webhook, entry, directory::parentOf);
    }

    private static LedgerEntry of(Outcome outcome, boolean charged) {
        return Samples.entry("e", LATER, Samples.group(3), Samples.group(1), outcome, charged);
    }

    @Test
    void withoutAFilterAllChargedOutcomesMatchAndNothingElse() {
        for (var outcome : Outcome.values()) {
            if (outcome != Outcome.REFUSED) {
                assertThat(matches(ALL, of(outcome, true))).as("%s", outcome).isTrue();
                assertThat(matches(ALL, of(outcome, false))).as("%s", outcome).isFalse();
            }
        }
        assertThat(matches(ALL, of(Outcome.REFUSED, false))).isFalse();
    }

    @Test
    void aListOfOutcomesIsTakenAtItsWord() {
        var some = Samples.filtered(ALL, List.of(), List.of("refused", "upstream_failed"));
        assertThat(matches(some, of(Outcome.REFUSED, false))).isTrue();
        assertThat(matches(some, of(Outcome.UPSTREAM_FAILED, false))).isTrue();
        assertThat(matches(some, of(Outcome.COMPLETED, true))).isFalse();
    }

    @Test
    void anAdjustmentIsChargedAndHasATypeOfItsOwn() {
        var credit = adjustment();
        assertThat(matches(ALL, credit)).isTrue();
        assertThat(matches(Samples.filtered(ALL, List.of(), List.of("adjustment")), credit))
                .isTrue();
        assertThat(matches(Samples.filtered(ALL, List.of(), List.of("completed")), credit))
                .isFalse();
        var root = Samples.filtered(ALL, List.of(Samples.group(1)), List.of());
        assertThat(matches(root, credit)).isTrue();
    }

    /** A credit of group 3 below 2 below 1, drawn long after the webhooks were made. */
    private static LedgerEntry adjustment() {
        return LedgerEntry.of(
                new Adjustment(
                        AdjustmentId.ofUlid("7ZZZZZZZZZ0000000000000001"),
                        Samples.group(3),
                        Samples.group(1),
                        "customer",
                        new NanoUsd(-1),
                        "reason",
                        null,
                        null,
                        new byte[0],
                        LATER,
                        List.of(Samples.group(2))));
    }

    @Test
    void aGroupStandsForItselfAndAllBelowIt() {
        directory.parent(Samples.group(3), Samples.group(2));
        directory.parent(Samples.group(2), Samples.group(1));
        var entry = of(Outcome.COMPLETED, true);
        for (long above = 1; above <= 3; above++) {
            var webhook = Samples.filtered(ALL, List.of(Samples.group(above)), List.of());
            assertThat(matches(webhook, entry)).as("group %d", above).isTrue();
        }
        var other = Samples.filtered(ALL, List.of(Samples.group(9)), List.of());
        assertThat(matches(other, entry)).isFalse();
    }

    @Test
    void theRootCountsEvenWhenTheGroupsBetweenAreGone() {
        var webhook = Samples.filtered(ALL, List.of(Samples.group(1)), List.of());
        assertThat(matches(webhook, of(Outcome.COMPLETED, true))).isTrue();
    }

    @Test
    void anEventThatNamesWhatWasBetweenIsSentAndReplayedAfterAllOfItWasDeleted() {
        var caller = Samples.caller(Samples.group(3), Samples.group(1), List.of(Samples.group(2)));
        var entry = Samples.entry("e", LATER, caller, Outcome.COMPLETED, true);
        var webhook = Samples.filtered(ALL, List.of(Samples.group(2)), List.of());
        assertThat(matches(webhook, entry)).isTrue();
        assertThat(again(webhook, Samples.group(1), entry)).isTrue();
        assertThat(again(ALL, Samples.group(2), entry)).isTrue();
        assertThat(again(ALL, Samples.group(9), entry)).isFalse();
        var other = Samples.filtered(ALL, List.of(Samples.group(9)), List.of());
        assertThat(matches(other, entry)).isFalse();
        assertThat(again(other, Samples.group(2), entry)).isFalse();
    }

    @Test
    void aCreditOfAGroupThatWasDeletedIsSentForWhatItStoodBelow() {
        var credit = adjustment();
        var webhook = Samples.filtered(ALL, List.of(Samples.group(2)), List.of());
        assertThat(matches(webhook, credit)).isTrue();
    }

    private boolean again(Webhook webhook, GroupId group, LedgerEntry entry) {
        var range = new TimeRange(LATER, LATER.plusSeconds(1), group, Samples.group(1), null);
        return EventFilter.matchesAgain(webhook, range, entry, directory::parentOf);
    }

    @Test
    void aCircleOfParentsEnds() {
        directory.parent(Samples.group(3), Samples.group(3));
        var webhook = Samples.filtered(ALL, List.of(Samples.group(9)), List.of());
        assertThat(matches(webhook, of(Outcome.COMPLETED, true))).isFalse();
    }

    @Test
    void whatEndedBeforeTheWebhookWasCreatedIsNotSent() {
        var before = Samples.START.minus(EventFilter.CLOCK_SKEW_MAX).minusMillis(1);
        assertThat(matches(ALL, Samples.entry("e", before))).isFalse();
        assertThat(matches(ALL, Samples.entry("e", Samples.START))).isTrue();
    }
}
