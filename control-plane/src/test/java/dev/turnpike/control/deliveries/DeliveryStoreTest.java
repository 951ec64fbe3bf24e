package dev.turnpike.control.deliveries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.deliveries.KnownDelivery.Status;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeliveryStoreTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final SortedStore kept = new SortedStore();
    private final DeliveryStore store = new DeliveryStore(kept);

    private static String ulid(long number) {
        return "01ARZ3NDEK%016d".formatted(number);
    }

    private static WebhookId webhook(long number) {
        return WebhookId.ofUlid(ulid(number));
    }

    private static DeliveryId delivery(long number) {
        return DeliveryId.ofUlid(ulid(number));
    }

    private static DeliveryAttempt record(
            long webhook, long delivery, Result result, Instant at, @Nullable Long version) {
        boolean planned = result == Result.PLANNED;
        return new DeliveryAttempt(
                webhook(webhook),
                delivery(delivery),
                planned ? 0 : 1,
                at,
                7,
                result == Result.DELIVERED ? 200 : 0,
                result == Result.DELIVERED || planned ? null : "connection refused",
                List.of("a", "b"),
                result,
                result == Result.WILL_RETRY ? at.plusSeconds(5) : null,
                at,
                planned ? List.of(new LedgerPosition(3, 9), new LedgerPosition(0, 1)) : List.of(),
                version);
    }

    private void apply(long webhook, long delivery, Result result, Instant at) {
        store.apply(record(webhook, delivery, result, at, 1L));
    }

    private KnownDelivery find(long delivery) {
        return store.find(webhook(1), delivery(delivery)).orElseThrow();
    }

    @Test
    void aDeliveryIsWhatItsRecordsTellInTheirOrder() {
        apply(1, 1, Result.PLANNED, NOON);
        assertThat(find(1).status()).isEqualTo(Status.PENDING);
        assertThat(find(1).attempts()).isEmpty();
        apply(1, 1, Result.WILL_RETRY, NOON.plusSeconds(1));
        assertThat(find(1).nextAttemptAt()).isEqualTo(NOON.plusSeconds(6));
        apply(1, 1, Result.DELIVERED, NOON.plusSeconds(6));
        var delivery = find(1);
        assertThat(delivery.status()).isEqualTo(Status.DELIVERED);
        assertThat(delivery.nextAttemptAt()).isNull();
        assertThat(delivery.attempts()).hasSize(2);
        assertThat(delivery.positions())
                .containsExactly(new LedgerPosition(3, 9), new LedgerPosition(0, 1));
        assertThat(delivery.createdAt()).isEqualTo(NOON);
        apply(1, 1, Result.PLANNED, NOON.plusSeconds(60));
        assertThat(find(1).status()).as("asked for again").isEqualTo(Status.PENDING);
        apply(1, 1, Result.EXHAUSTED, NOON.plusSeconds(70));
        assertThat(find(1).status()).isEqualTo(Status.FAILED);
    }

    @Test
    void recordsThatAreReadAgainAfterACrashChangeNothing() {
        var records =
                List.of(
                        record(1, 1, Result.PLANNED, NOON, null),
                        record(1, 1, Result.WILL_RETRY, NOON.plusSeconds(1), 1L),
                        record(1, 1, Result.DELIVERED, NOON.plusSeconds(2), 1L));
        records.forEach(store::apply);
        var before = find(1);
        records.forEach(store::apply);
        assertThat(find(1)).isEqualTo(before);
    }

    @Test
    void onlyTheNewestAttemptsAreKept() {
        apply(1, 1, Result.PLANNED, NOON);
        for (int i = 1; i <= 80; i++) {
            apply(1, 1, Result.WILL_RETRY, NOON.plusSeconds(i));
        }
        assertThat(find(1).attempts()).hasSize(KnownDelivery.ATTEMPTS_MAX);
        assertThat(find(1).attempts().getLast().at()).isEqualTo(NOON.plusSeconds(80));
    }

    @Test
    void pagesHoldOneWebhooksDeliveriesInCreationOrderByStatus() {
        for (int i = 1; i <= 7; i++) {
            apply(1, i, Result.PLANNED, NOON);
            apply(2, i + 100, Result.PLANNED, NOON);
        }
        apply(1, 2, Result.DELIVERED, NOON);
        var seen = new ArrayList<DeliveryId>();
        Optional<DeliveryId> after = Optional.empty();
        do {
            var page = store.page(webhook(1), Optional.of(Status.PENDING), after, 2);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(2);
            page.items().forEach(item -> seen.add(item.id()));
            after = page.next();
        } while (after.isPresent());
        assertThat(seen)
                .containsExactly(
                        delivery(1),
                        delivery(3),
                        delivery(4),
                        delivery(5),
                        delivery(6),
                        delivery(7));
        assertThat(store.page(webhook(3), Optional.empty(), Optional.empty(), 5).items()).isEmpty();
    }

    @Test
    void whatIsOlderThanThirtyDaysIsForgottenBitByBit() {
        for (int i = 1; i <= 10; i++) {
            apply(1, i, Result.DELIVERED, NOON);
        }
        var later = NOON.plus(DeliveryStore.KEPT).plus(Duration.ofMinutes(1));
        for (int i = 0; i < 10; i++) {
            apply(2, 100, Result.WILL_RETRY, later.plusSeconds(i));
        }
        assertThat(store.page(webhook(1), Optional.empty(), Optional.empty(), 50).items())
                .isEmpty();
        assertThat(kept.size()).as("one delivery and its age").isEqualTo(2);
    }

    @Test
    void aReceiverIsGoneUntilANewerVersionOfItsWebhookIsAccepted() {
        store.apply(record(1, 1, Result.GONE, NOON, 3L));
        store.apply(record(1, 2, Result.DELIVERED, NOON.plusSeconds(1), 3L));
        assertThat(store.gone()).containsExactly(new GoneReceiver(webhook(1), 3));
        store.apply(record(1, 1, Result.GONE, NOON.plusSeconds(2), 5L));
        assertThat(store.gone()).containsExactly(new GoneReceiver(webhook(1), 5));
        store.apply(record(1, 1, Result.DELIVERED, NOON.plusSeconds(3), 6L));
        assertThat(store.gone()).isEmpty();
    }
}
