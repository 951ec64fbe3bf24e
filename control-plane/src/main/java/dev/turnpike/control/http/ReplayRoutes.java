package dev.turnpike.control.http;

import dev.turnpike.control.deliveries.DeliveryLog;
import dev.turnpike.control.domain.Command.ReplayWebhook;
import dev.turnpike.control.domain.GroupTree;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.domain.Rule;
import dev.turnpike.control.ledger.LedgerLog;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay.OneDelivery;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.ReplayId;
import dev.turnpike.schemas.webhook.EventFilter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** {@code /webhooks/{id}/replay} and {@code .../redeliver}: what is to be sent again. */
final class ReplayRoutes {
    private static final int TEXT_MAX = 255;

    private final DeliveryLog deliveries;
    private final LedgerLog ledger;
    private final PastGroups groups;
    private final Supplier<Image> images;

    /**
     * @param deliveries what became of deliveries
     * @param ledger where what a replay will send is counted
     * @param groups finds those that are gone too
     * @param images gives the newest image, on which a replay is counted
     */
    ReplayRoutes(
            DeliveryLog deliveries, LedgerLog ledger, PastGroups groups, Supplier<Image> images) {
        this.deliveries = deliveries;
        this.ledger = ledger;
        this.groups = groups;
        this.images = images;
    }

    List<Route> routes() {
        var one = "/webhooks/{webhook_id}";
        return List.of(
                Route.postMaybeEmpty(
                        one + "/deliveries/{delivery_id}/redeliver",
                        Operation.WRITE_WEBHOOKS,
                        this::redeliver),
                Route.post(one + "/replay", Operation.WRITE_WEBHOOKS, this::replay));
    }

    private Change redeliver(Asking asking) {
        var webhook = webhook(asking, images.get());
        var delivery =
                DeliveryId.parse(asking.path().apply("delivery_id"))
                        .flatMap(id -> deliveries.find(webhook.id(), id))
                        .orElseThrow(Reading::absent);
        if (delivery.positions().isEmpty()) {
            throw Problem.of(
                            ErrorCode.CONFLICT,
                            "It is not known any more where the events of this delivery stand;"
                                    + " replay their stretch of time")
                    .asException();
        }
        var scope = new OneDelivery(delivery.id(), delivery.createdAt(), delivery.positions());
        return change(
                new ReplayWebhook(
                        ReplayId.ofUlid(asking.draws().ulid()),
                        webhook.id(),
                        scope,
                        delivery.entryIds().size(),
                        true));
    }

    private Change replay(Asking asking) {
        var body = asking.body();
        var from = body.optionalTime("start_time").orElseThrow(() -> body.missing("start_time"));
        var to = body.optionalTime("end_time").orElseThrow(() -> body.missing("end_time"));
        if (!from.isBefore(to)) {
            throw body.wrong("end_time", "must be after start_time");
        }
        var image = images.get();
        var webhook = webhook(asking, image);
        var group = body.optionalText("group_id", 1, TEXT_MAX).map(id -> group(id, image));
        var range =
                new TimeRange(
                        from,
                        to,
                        group.map(Group::id).orElse(null),
                        group.map(Group::rootGroupId).orElse(null),
                        body.optionalText("external_entity_id", 1, TEXT_MAX).orElse(null));
        body.done();
        var count = ledger.count(from, sent(webhook, range, image));
        return change(
                new ReplayWebhook(
                        ReplayId.ofUlid(asking.draws().ulid()),
                        webhook.id(),
                        range,
                        count.entries(),
                        count.exact()));
    }

    /** What a replay of {@code range} sends to {@code webhook}. */
    private static LedgerLog.Search sent(Webhook webhook, TimeRange range, Image image) {
        return new LedgerLog.Search(
                Set.copyOf(range.partitions()),
                Optional.of(range.to()),
                entry ->
                        EventFilter.matchesAgain(
                                webhook, range, entry, id -> GroupTree.parent(image, id)));
    }

    private static Change change(ReplayWebhook command) {
        return Change.of(
                command, done -> Reply.of(Views.of(Objects.requireNonNull(done.subject()))));
    }

    private static Webhook webhook(Asking asking, Image image) {
        return image.webhook(asking.path().apply("webhook_id")).orElseThrow(Reading::absent);
    }

    private Group group(String id, Image image) {
        return groups.find(id, image)
                .orElseThrow(
                        () -> Rule.GROUP_UNKNOWN.problem().withParam("group_id").asException());
    }
}
