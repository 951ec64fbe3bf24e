package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Gone;
import dev.turnpike.webhook.domain.AttemptResult.Rejected;
import dev.turnpike.webhook.domain.AttemptResult.Unreachable;
import dev.turnpike.webhook.domain.Facts.After;
import dev.turnpike.webhook.domain.Health.Disabled;
import dev.turnpike.webhook.domain.Health.Failing;
import dev.turnpike.webhook.domain.Health.Working;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides which delivery is attempted when, for the webhooks of one store. Every webhook has a line
 * of its own with a window of attempts, so a slow receiver slows only itself. What is decided is
 * returned; the caller sends, writes the facts down and commits the store, all of it in one
 * transaction. A delivery in flight when the process dies is still in the store and is sent again,
 * under the same id and with the same body.
 *
 * <p>One thread uses it.
 */
public final class Outbox {
    /** How long a webhook must be unknown before its deliveries count as those of a deleted one. */
    public static final Duration ABSENCE_MIN = Duration.ofMinutes(1);

    /** How often a waiting line looks whether its webhook was changed. */
    static final Duration RECHECK = Duration.ofSeconds(1);

    /** Deliveries of a deleted webhook dropped per look. */
    static final int DROPS_MAX = 100;

    /** Released deliveries looked at per look. */
    static final int SCAN_MAX = 64;

    private final OutboxStore store;
    private final Directory directory;
    private final Slots slots;
    private final RandomGenerator random;
    private final int windowMax;
    private final Map<WebhookId, Line> lines = new LinkedHashMap<>();
    private int turn;

    /**
     * Continues with what is in {@code store}.
     *
     * @param windowMax attempts at one receiver at a time, at least 1
     */
    public Outbox(
            OutboxStore store,
            Directory directory,
            Slots slots,
            RandomGenerator random,
            int windowMax) {
        this.store = store;
        this.directory = directory;
        this.slots = slots;
        this.random = random;
        this.windowMax = windowMax;
        for (var id : store.webhooks()) {
            lines.put(id, new Line(id, store.health(id).orElse(Health.UNPROVEN)));
        }
    }

    /**
     * What follows from one step.
     *
     * @param attempts to be sent now; each holds a slot until it ended
     * @param facts to be written down in the transaction of this step
     */
    public record Effects(List<Attempt> attempts, List<DeliveryAttempt> facts) {
        Effects() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /**
     * An attempt that ended.
     *
     * @param at when it started
     * @param latencyMs how long it took
     */
    public record Ended(
            WebhookId webhookId,
            DeliveryId deliveryId,
            Instant at,
            long latencyMs,
            AttemptResult result) {}

    /** Attempts that have not ended. */
    public int inFlight() {
        return lines.values().stream().mapToInt(line -> line.flights.size()).sum();
    }

    /** Takes a delivery, a new one or one that is to be delivered again. */
    public Effects add(Delivery delivery, Instant now) {
        var line = lines.get(delivery.webhookId());
        if (line == null) {
            line = new Line(delivery.webhookId(), Health.UNPROVEN);
            lines.put(line.id, line);
            store.putHealth(line.id, line.health);
        }
        var effects = new Effects();
        effects.facts().add(Facts.planned(delivery, now));
        keep(delivery, now);
        pump(line, now, effects);
        return effects;
    }

    /** One that is kept already was asked for again: its schedule begins anew. */
    private void keep(Delivery delivery, Instant now) {
        var known = store.progress(delivery.webhookId(), delivery.id());
        if (known.isPresent()) {
            store.update(known.get(), known.get().again(now));
        } else {
            store.add(delivery, now);
        }
    }

    /** Looks at every line whose time has come, beginning with another one each time. */
    public Effects tick(Instant now) {
        var effects = new Effects();
        var all = List.copyOf(lines.values());
        for (int i = 0; i < all.size(); i++) {
            var line = all.get((i + turn) % all.size());
            if (!now.isBefore(line.wakeAt)) {
                pump(line, now, effects);
            }
        }
        turn = all.isEmpty() ? 0 : (turn + 1) % all.size();
        return effects;
    }

    /** Takes the end of an attempt; one that is not in flight here is ignored. */
    public Effects ended(Ended ended, Instant now) {
        var line = lines.get(ended.webhookId());
        var flight = line == null ? null : line.flights.remove(ended.deliveryId());
        if (line == null || flight == null) {
            return new Effects();
        }
        var progress = store.progress(ended.webhookId(), ended.deliveryId());
        var facts =
                progress.map(found -> settle(line, flight, found, ended, now)).stream().toList();
        var effects = pumped(line, now);
        effects.facts().addAll(0, facts);
        return effects;
    }

    private Effects pumped(Line line, Instant now) {
        var effects = new Effects();
        pump(line, now, effects);
        return effects;
    }

    // ---- the end of an attempt

    private DeliveryAttempt settle(
            Line line, Line.Flight flight, Progress progress, Ended ended, Instant now) {
        var delivery = store.delivery(progress.webhookId(), progress.id());
        var after =
                switch (ended.result()) {
                    case Accepted _ -> accepted(line, progress, now);
                    case Rejected rejected ->
                            failed(line, flight, progress, rejected.retryAfter(), now);
                    case Unreachable _ -> failed(line, flight, progress, Optional.empty(), now);
                    case Gone _ -> gone(line, flight, progress, now);
                };
        return Facts.ended(progress, delivery, ended, after, flight.webhookVersion());
    }

    private After accepted(Line line, Progress progress, Instant now) {
        store.remove(progress);
        become(line, line.health.succeeded(now, windowMax));
        return new After(Result.DELIVERED, null);
    }

    private After failed(
            Line line,
            Line.Flight flight,
            Progress progress,
            Optional<Duration> retryAfter,
            Instant now) {
        become(line, line.health.failed(now, retryAfter));
        if (!flight.scheduled()) {
            var later = progress.failedEarly(now, retryAfter);
            store.update(progress, later);
            return new After(Result.WILL_RETRY, later.nextAttemptAt());
        }
        var next =
                RetrySchedule.next(
                        progress.failures() + 1, progress.plannedAt(), now, retryAfter, random);
        if (next.isEmpty()) {
            store.remove(progress);
            return new After(Result.EXHAUSTED, null);
        }
        store.update(progress, progress.failed(now, next.get()));
        return new After(Result.WILL_RETRY, next.get());
    }

    /** The delivery stays: it is due again as soon as the operator changes the webhook. */
    private After gone(Line line, Line.Flight flight, Progress progress, Instant now) {
        store.update(progress, progress.failedEarly(now, Optional.empty()));
        become(line, new Disabled(flight.webhookVersion()));
        return new After(Result.GONE, null);
    }

    private void become(Line line, Health health) {
        if (!health.equals(line.health)) {
            line.health = health;
            store.putHealth(line.id, health);
        }
    }

    // ---- what to send next

    private void pump(Line line, Instant now, Effects effects) {
        line.wakeAt = now.plus(RECHECK);
        var found = directory.find(line.id);
        if (found.isEmpty()) {
            dropDeleted(line, now, effects);
            return;
        }
        line.absentSince = null;
        var webhook = found.get();
        boolean changed = line.changed(webhook.version());
        if (!webhook.enabled()) {
            return;
        }
        switch (line.health) {
            case Disabled disabled -> {
                if (disabled.webhookVersion() != webhook.version()) {
                    become(line, Health.UNPROVEN);
                    sendDue(line, webhook, now, effects);
                }
            }
            case Failing failing -> {
                if (!changed && now.isBefore(failing.quietUntil())) {
                    line.wakeBy(failing.quietUntil());
                } else {
                    sendDue(line, webhook, now, effects);
                    probe(line, webhook, changed ? now : failing.probeAt(), now, effects);
                }
            }
            case Working working -> {
                sendDue(line, webhook, now, effects);
                var releasedAt = working.releasedAt();
                if (releasedAt != null) {
                    sendReleased(line, webhook, releasedAt, now, effects);
                }
            }
        }
    }

    private void sendDue(Line line, Webhook webhook, Instant now, Effects effects) {
        if (line.free() <= 0) {
            return;
        }
        int limit = line.free() + line.flights.size();
        for (var progress : store.byDueTime(line.id, Optional.empty(), limit)) {
            if (progress.nextAttemptAt().isAfter(now)) {
                line.wakeBy(progress.nextAttemptAt());
                return;
            }
            if (!launch(line, webhook, progress, now, effects)) {
                return;
            }
        }
    }

    /** Walks once over what is waiting for its schedule and sends it now. */
    private void sendReleased(
            Line line, Webhook webhook, Instant releasedAt, Instant now, Effects effects) {
        if (line.free() <= 0) {
            return;
        }
        var waiting = store.byDueTime(line.id, line.releaseCursor(releasedAt), SCAN_MAX);
        for (var progress : waiting) {
            boolean untried = progress.untriedSince(releasedAt);
            if (untried && !launch(line, webhook, progress, now, effects)) {
                return;
            }
            line.releasedUpTo(progress);
        }
        if (waiting.size() == SCAN_MAX) {
            line.wakeBy(now);
        }
    }

    private void probe(Line line, Webhook webhook, Instant at, Instant now, Effects effects) {
        if (!line.flights.isEmpty()) {
            return;
        }
        if (now.isBefore(at)) {
            line.wakeBy(at);
            return;
        }
        for (var oldest : store.oldest(line.id, 1)) {
            launch(line, webhook, oldest, now, effects);
        }
    }

    /** Returns false if there is no room; true also when the delivery is in flight already. */
    private boolean launch(
            Line line, Webhook webhook, Progress progress, Instant now, Effects effects) {
        if (line.flights.containsKey(progress.id())) {
            return true;
        }
        if (line.free() <= 0) {
            return false;
        }
        var delivery = store.delivery(progress.webhookId(), progress.id());
        if (delivery.isEmpty()) {
            throw new IllegalStateException("delivery without a body: " + progress.id());
        }
        boolean proven = line.health.window() > 1;
        if (!slots.tryTake(proven)) {
            line.wakeBy(now);
            return false;
        }
        boolean scheduled = !progress.nextAttemptAt().isAfter(now);
        int number = progress.attempts() + 1;
        line.flights.put(progress.id(), new Line.Flight(scheduled, webhook.version()));
        effects.attempts().add(new Attempt(delivery.get(), webhook, number, now, proven));
        return true;
    }

    private void dropDeleted(Line line, Instant now, Effects effects) {
        var since = line.absentSince;
        if (since == null) {
            line.absentSince = now;
            return;
        }
        if (now.isBefore(since.plus(ABSENCE_MIN))) {
            return;
        }
        var doomed = store.oldest(line.id, DROPS_MAX);
        for (var progress : doomed) {
            if (!line.flights.containsKey(progress.id())) {
                var delivery = store.delivery(progress.webhookId(), progress.id());
                effects.facts().add(Facts.dropped(progress, delivery, now));
                store.remove(progress);
            }
        }
        if (doomed.size() == DROPS_MAX) {
            line.wakeBy(now);
        } else if (line.flights.isEmpty()) {
            store.removeHealth(line.id);
            lines.remove(line.id);
        }
    }
}
