package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is held in memory of one webhook. Nothing of it is needed after a restart: the flights are
 * sent again, the cursor starts over and skips what was tried.
 */
final class Line {
    /**
     * An attempt that has not ended.
     *
     * @param scheduled whether it was due, as opposed to a probe or an early one
     */
    record Flight(boolean scheduled, long webhookVersion) {}

    final WebhookId id;
    final Map<DeliveryId, Flight> flights = new HashMap<>();
    Health health;
    Instant wakeAt = Instant.MIN;
    @Nullable Instant absentSince;
    private long seenVersion;
    private Optional<Progress> releaseCursor = Optional.empty();
    private @Nullable Instant released;

    Line(WebhookId id, Health health) {
        this.id = id;
        this.health = health;
    }

    int free() {
        return health.window() - flights.size();
    }

    /** Whether the webhook was changed since it was last looked at; the first look sees none. */
    boolean changed(long version) {
        boolean changed = seenVersion != 0 && seenVersion != version;
        seenVersion = version;
        return changed;
    }

    void wakeBy(Instant at) {
        if (at.isBefore(wakeAt)) {
            wakeAt = at;
        }
    }

    /** Where the walk over the backlog released at {@code moment} has come to. */
    Optional<Progress> releaseCursor(Instant moment) {
        if (!moment.equals(released)) {
            released = moment;
            releaseCursor = Optional.empty();
        }
        return releaseCursor;
    }

    void releasedUpTo(Progress progress) {
        releaseCursor = Optional.of(progress);
    }
}
