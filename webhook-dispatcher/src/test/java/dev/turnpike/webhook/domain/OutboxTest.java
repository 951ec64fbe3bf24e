package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Gone;
import dev.turnpike.webhook.domain.AttemptResult.Rejected;
import dev.turnpike.webhook.send.SlotPool;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final WebhookId ID = Samples.webhookId(1);
    private static final AttemptResult FAILURE = new Rejected(500, Optional.empty());

    private final ListedDirectory directory = new ListedDirectory();
    private final MemoryOutboxStore store = new MemoryOutboxStore();
    private final SlotPool slots = new SlotPool(8);
    private Instant now = Samples.START;
    private final Outbox outbox = new Outbox(store, directory, slots, new Random(1), 4);

    private static Webhook webhook(boolean enabled, long version) {
        return Samples.webhook(1, "https://receiver.example/", enabled, version, new byte[] {1});
    }

    private Outbox.Effects add(long number) {
        return outbox.add(Samples.delivery(ID, number, now), now);
    }

    private Outbox.Effects end(Attempt attempt, AttemptResult result) {
        slots.release(attempt.proven());
        return outbox.ended(new Outbox.Ended(ID, attempt.delivery().id(), now, 5, result), now);
    }

    private Outbox.Effects tickAfter(Duration wait) {
        now = now.plus(wait);
        return outbox.tick(now);
    }

    @Test
    void aDeliveryIsSentAtOnceAndForgottenWhenAccepted() {
        directory.put(webhook(true, 1));
        var attempt = add(1).attempts().getFirst();
        var fact = end(attempt, new Accepted(204)).facts().getFirst();
        assertThat(fact.result()).isEqualTo(Result.DELIVERED);
        assertThat(fact.attempt()).isEqualTo(1);
        assertThat(fact.entryIds()).containsExactly("e1");
        assertThat(store.size()).isZero();
    }

    @Test
    void aDeliveryThatIsKeptBeginsItsScheduleAnewWhenItIsAskedForAgain() {
        directory.put(webhook(true, 1));
        var first = add(1).attempts().getFirst();
        end(first, FAILURE);
        end(tickAfter(Duration.ofSeconds(10)).attempts().getFirst(), FAILURE);
        now = now.plusSeconds(1);
        var again = outbox.add(first.delivery(), now);
        assertThat(again.facts()).extracting(DeliveryAttempt::result).contains(Result.PLANNED);
        var third = again.attempts().getFirst();
        assertThat(third.number()).isEqualTo(3);
        var fact = end(third, FAILURE).facts().getFirst();
        assertThat(fact.nextAttemptAt()).isBefore(now.plusSeconds(7));
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void aDeliveryIsPlannedWithWhereItsEntriesStand() {
        directory.put(webhook(false, 1));
        var fact = add(1).facts().getFirst();
        assertThat(fact.result()).isEqualTo(Result.PLANNED);
        assertThat(fact.attempt()).isZero();
        assertThat(fact.positions()).containsExactly(new LedgerPosition(0, 1));
        assertThat(fact.nextAttemptAt()).isEqualTo(now);
    }

    @Test
    void aRejectedDeliveryIsSentAgainByScheduleUnderTheSameId() {
        directory.put(webhook(true, 1));
        var first = add(1).attempts().getFirst();
        var fact = end(first, FAILURE).facts().getFirst();
        assertThat(fact.result()).isEqualTo(Result.WILL_RETRY);
        assertThat(fact.error()).isEqualTo("answered 500");
        assertThat(tickAfter(Duration.ofSeconds(3)).attempts()).isEmpty();
        var second = tickAfter(Duration.ofSeconds(4)).attempts().getFirst();
        assertThat(second.number()).isEqualTo(2);
        assertThat(second.delivery()).isEqualTo(first.delivery());
    }

    @Test
    void aDisabledWebhookKeepsWhatIsDueUntilItIsEnabled() {
        directory.put(webhook(false, 1));
        assertThat(add(1).attempts()).isEmpty();
        assertThat(tickAfter(Duration.ofDays(9)).attempts()).isEmpty();
        directory.put(webhook(true, 2));
        assertThat(tickAfter(Outbox.RECHECK).attempts()).hasSize(1);
    }

    @Test
    void aChangedAddressIsUsedByTheNextAttemptWithoutWaiting() {
        directory.put(webhook(true, 1));
        end(add(1).attempts().getFirst(), FAILURE);
        var moved = Samples.webhook(1, "https://other.example/", true, 2, new byte[] {1});
        directory.put(moved);
        var attempt = tickAfter(Outbox.RECHECK).attempts().getFirst();
        assertThat(attempt.webhook()).isEqualTo(moved);
    }

    @Test
    void after410NothingIsSentUntilTheWebhookChanges() {
        directory.put(webhook(true, 1));
        var fact = end(add(1).attempts().getFirst(), new Gone()).facts().getFirst();
        assertThat(fact.result()).isEqualTo(Result.GONE);
        assertThat(add(2).attempts()).isEmpty();
        assertThat(tickAfter(Duration.ofDays(2)).attempts()).isEmpty();
        directory.put(webhook(true, 2));
        assertThat(tickAfter(Outbox.RECHECK).attempts()).hasSize(1);
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void aDeletedWebhooksDeliveriesAreDroppedWithARecordButNotAtFirstSight() {
        directory.put(webhook(false, 1));
        add(1);
        add(2);
        directory.remove(ID);
        assertThat(tickAfter(Outbox.RECHECK).facts()).isEmpty();
        assertThat(tickAfter(Duration.ofSeconds(30)).facts()).isEmpty();
        var facts = tickAfter(Outbox.ABSENCE_MIN).facts();
        assertThat(facts).hasSize(2).allMatch(fact -> fact.result() == Result.DROPPED);
        assertThat(facts.getFirst().error()).isEqualTo("webhook deleted");
        assertThat(store.size()).isZero();
        assertThat(store.webhooks()).isEmpty();
    }

    @Test
    void retryAfterKeepsTheWholeReceiverQuietWithinBounds() {
        directory.put(webhook(true, 1));
        var tenYears = new Rejected(503, RetryAfter.parse("315360000", now));
        var fact = end(add(1).attempts().getFirst(), tenYears).facts().getFirst();
        assertThat(fact.nextAttemptAt()).isEqualTo(now.plus(RetryAfter.WAIT_MAX));
        assertThat(add(2).attempts()).isEmpty();
        assertThat(tickAfter(Health.QUIET_MAX).attempts()).hasSize(1);
    }

    @Test
    void theWindowOpensWithEachSuccess() {
        directory.put(webhook(true, 1));
        var first = add(1).attempts().getFirst();
        for (int i = 2; i <= 20; i++) {
            assertThat(add(i).attempts()).isEmpty();
        }
        var two = end(first, new Accepted(200)).attempts();
        assertThat(two).hasSize(2);
        var more = end(two.getFirst(), new Accepted(200)).attempts();
        assertThat(more).as("four at a time, one still runs").hasSize(3);
        assertThat(end(more.getFirst(), new Accepted(200)).attempts()).hasSize(1);
    }

    @Test
    void unprovenReceiversCannotTakeAllSlots() {
        for (int i = 0; i < 4; i++) {
            assertThat(slots.tryTake(false)).isTrue();
        }
        assertThat(slots.tryTake(false)).isFalse();
        assertThat(slots.tryTake(true)).isTrue();
        directory.put(webhook(true, 1));
        assertThat(add(1).attempts()).isEmpty();
        slots.release(false);
        assertThat(outbox.tick(now).attempts()).hasSize(1);
    }

    @Test
    void theEndOfAnAttemptThatIsNotKnownIsIgnored() {
        directory.put(webhook(true, 1));
        var attempt = add(1).attempts().getFirst();
        end(attempt, new Accepted(200));
        var again =
                outbox.ended(new Outbox.Ended(ID, attempt.delivery().id(), now, 1, FAILURE), now);
        assertThat(again.facts()).isEmpty();
        assertThat(again.attempts()).isEmpty();
    }
}
