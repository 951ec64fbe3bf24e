package dev.turnpike.control.deliveries;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as far as its records tell.
 *
 * @param entryIds the ledger entries in it, in order
 * @param positions where they stand in the ledger, in the same order; empty when not known
 * @param attempts the newest {@value #ATTEMPTS_MAX}, oldest first
 * @param nextAttemptAt null when none is planned
 */
public record KnownDelivery(
        WebhookId webhookId,
        DeliveryId id,
        Instant createdAt,
        Status status,
        List<String> entryIds,
        List<LedgerPosition> positions,
        List<Tried> attempts,
        @Nullable Instant nextAttemptAt) {
    /** Attempts that are kept; a receiver that is down for days is tried thousands of times. */
    public static final int ATTEMPTS_MAX = 50;

    public KnownDelivery {
        entryIds = List.copyOf(entryIds);
        positions = List.copyOf(positions);
        attempts = List.copyOf(attempts);
    }

    /** How it stands. */
    public enum Status {
        PENDING,
        DELIVERED,
        /** Every attempt of the schedule failed, or the webhook was deleted. */
        FAILED
    }

    /**
     * One attempt.
     *
     * @param status HTTP status, 0 when there was no response
     * @param error null when delivered
     */
    public record Tried(Instant at, int status, long latencyMs, @Nullable String error) {}

    /** What is known after the first record. */
    static KnownDelivery of(DeliveryAttempt first) {
        var created = Objects.requireNonNullElse(first.createdAt(), first.at());
        var nothing =
                new KnownDelivery(
                        first.webhookId(),
                        first.deliveryId(),
                        created,
                        Status.PENDING,
                        first.entryIds(),
                        List.of(),
                        List.of(),
                        null);
        return nothing.after(first);
    }

    /** What is known after one more record; a record that was seen before changes nothing more. */
    KnownDelivery after(DeliveryAttempt record) {
        boolean planned = record.result() == Result.PLANNED;
        return new KnownDelivery(
                webhookId,
                id,
                createdAt,
                status(record.result()),
                entryIds,
                planned ? record.positions() : positions,
                planned ? attempts : tried(record),
                record.nextAttemptAt());
    }

    private static Status status(Result result) {
        return switch (result) {
            case PLANNED, WILL_RETRY, GONE -> Status.PENDING;
            case DELIVERED -> Status.DELIVERED;
            case EXHAUSTED, DROPPED -> Status.FAILED;
        };
    }

    private List<Tried> tried(DeliveryAttempt record) {
        var one = new Tried(record.at(), record.status(), record.latencyMs(), record.error());
        if (attempts.contains(one)) {
            return attempts;
        }
        var all = new ArrayList<>(attempts);
        all.add(one);
        return all.subList(Math.max(0, all.size() - ATTEMPTS_MAX), all.size());
    }
}
