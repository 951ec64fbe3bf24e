package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.ReplayWebhook;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.WebhookReplay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What holds for orders to send events again. They are carried out elsewhere; here they are only
 * remembered for a while, so that a repeated request finds its order.
 */
final class ReplayRules {
    /** How long an order is remembered at least; longer than any {@code Idempotency-Key}. */
    static final Duration KEPT = Duration.ofHours(48);

    /** Orders that are remembered. */
    static final int REPLAYS_MAX = 10_000;

    /** Old orders forgotten with each new one. */
    static final int FORGOTTEN_MAX = 4;

    private ReplayRules() {}

    static Decision give(ReplayWebhook c, Ask ask, Image image) {
        var same = image.find(ResourceKind.WEBHOOK_REPLAY.stateKey(c.id().value()));
        if (same.isPresent()) {
            return Decision.unchanged(same.get());
        }
        return Decider.existing(
                image.webhook(c.webhookId().value()), ask, _ -> accepted(c, ask, image));
    }

    /** The group of a stretch of time may be gone; its events are in the ledger all the same. */
    private static Decision accepted(ReplayWebhook c, Ask ask, Image image) {
        var all = Listing.all(ResourceKind.WEBHOOK_REPLAY);
        if (image.count(all) >= REPLAYS_MAX) {
            return Decision.full("An installation", REPLAYS_MAX, "replays in 48 hours");
        }
        var replay =
                new WebhookReplay(
                        c.id(), c.webhookId(), c.scope(), c.scheduled(), c.exact(), ask.at());
        var facts = new ArrayList<FactDraft>();
        facts.add(FactDraft.created(replay));
        image.list(all, null)
                .limit(FORGOTTEN_MAX)
                .filter(old -> old.createdAt().plus(KEPT).isBefore(ask.at()))
                .forEach(old -> facts.add(new FactDraft("webhook_replay.expired", old, null)));
        return new Decision.Accepted(List.copyOf(facts), replay);
    }
}
