package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Gone;
import dev.turnpike.webhook.domain.AttemptResult.Rejected;
import dev.turnpike.webhook.domain.AttemptResult.Unreachable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is written down about deliveries. */
final class Facts {
    private Facts() {}

    /**
     * What follows from an attempt.
     *
     * @param nextAttemptAt null when there is none
     */
    record After(Result result, @Nullable Instant nextAttemptAt) {}

    static DeliveryAttempt planned(Delivery delivery, Instant now) {
        return new DeliveryAttempt(
                delivery.webhookId(),
                delivery.id(),
                0,
                now,
                0,
                0,
                null,
                delivery.entryIds(),
                Result.PLANNED,
                now,
                delivery.createdAt(),
                delivery.positions(),
                null);
    }

    static DeliveryAttempt ended(
            Progress before,
            Optional<Delivery> delivery,
            Outbox.Ended ended,
            After after,
            long webhookVersion) {
        return new DeliveryAttempt(
                before.webhookId(),
                before.id(),
                before.attempts() + 1,
                ended.at(),
                ended.latencyMs(),
                ended.result().status(),
                error(ended.result()),
                delivery.map(Delivery::entryIds).orElse(List.of()),
                after.result(),
                after.nextAttemptAt(),
                delivery.map(Delivery::createdAt).orElse(null),
                List.of(),
                webhookVersion);
    }

    static DeliveryAttempt dropped(Progress before, Optional<Delivery> delivery, Instant now) {
        return new DeliveryAttempt(
                before.webhookId(),
                before.id(),
                before.attempts() + 1,
                now,
                0,
                0,
                "webhook deleted",
                delivery.map(Delivery::entryIds).orElse(List.of()),
                Result.DROPPED,
                null,
                delivery.map(Delivery::createdAt).orElse(null),
                List.of(),
                null);
    }

    private static @Nullable String error(AttemptResult result) {
        return switch (result) {
            case Accepted _ -> null;
            case Rejected rejected -> "answered " + rejected.status();
            case Gone _ -> "answered 410, not sent to any more until the webhook is changed";
            case Unreachable unreachable -> unreachable.error();
        };
    }
}
