package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateWebhook;
import dev.turnpike.control.domain.Command.DisableWebhook;
import dev.turnpike.control.domain.Command.RotateWebhookSecret;
import dev.turnpike.control.domain.Command.UpdateWebhook;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.SealedSecret;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.GroupId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What holds for webhooks and their signing secrets. */
final class WebhookRules {
    /** Earlier secrets that may still be valid; the oldest beyond that ends early. */
    static final int PREVIOUS_SECRETS_MAX = 8;

    private WebhookRules() {}

    static Decision create(CreateWebhook c, Ask ask, Image image, Bounds bounds) {
        var same = image.webhook(c.id().value());
        if (same.isPresent()) {
            return Decision.unchanged(same.get());
        }
        if (image.count(Listing.all(ResourceKind.WEBHOOK)) >= bounds.webhooksMax()) {
            return Decision.full("An installation", bounds.webhooksMax(), "webhooks");
        }
        var broken = check(c.groupIds(), image);
        if (broken.isPresent()) {
            return broken.get();
        }
        return Decision.one(
                FactDraft.created(
                        new Webhook(
                                c.id(),
                                c.url(),
                                c.description(),
                                c.groupIds(),
                                c.eventTypes(),
                                c.enabled(),
                                null,
                                new SealedSecret(c.sealedSecret(), 1, null),
                                List.of(),
                                ask.at(),
                                ask.at(),
                                1)));
    }

    static Decision update(UpdateWebhook c, Ask ask, Image image) {
        return Decider.existing(
                image.webhook(c.id().value()), ask, before -> update(c, ask, image, before));
    }

    private static Decision update(UpdateWebhook c, Ask ask, Image image, Webhook before) {
        var broken = c.groupIds().flatMap(groups -> check(groups, image));
        if (broken.isPresent()) {
            return broken.get();
        }
        boolean enabled = c.enabled().orElse(before.enabled());
        var description = c.description();
        var same =
                new Webhook(
                        before.id(),
                        c.url().orElse(before.url()),
                        description.isPresent() ? description.get().to() : before.description(),
                        c.groupIds().orElse(before.groupIds()),
                        c.eventTypes().orElse(before.eventTypes()),
                        enabled,
                        c.enabled().isPresent() ? null : before.disabledReason(),
                        before.secret(),
                        before.previousSecrets(),
                        before.createdAt(),
                        before.updatedAt(),
                        before.version());
        return Decider.changed(
                before, same, stamped(same, same.secret(), same.previousSecrets(), ask.at()));
    }

    static Decision rotate(RotateWebhookSecret c, Ask ask, Image image) {
        return Decider.existing(
                image.webhook(c.id().value()), ask, before -> rotate(c, ask, before));
    }

    private static Decision rotate(RotateWebhookSecret c, Ask ask, Webhook before) {
        var current = before.secret();
        if (c.serial() != current.serial() + 1) {
            return Decision.reject(Rule.RACED);
        }
        // The newest rotation speaks for all before it, or a secret that leaked could not be ended.
        var end = ask.at().plus(c.overlap());
        var previous =
                Stream.concat(Stream.of(current), before.previousSecrets().stream())
                        .map(old -> ending(old, end))
                        .filter(old -> Objects.requireNonNull(old.endsAt()).isAfter(ask.at()))
                        .limit(PREVIOUS_SECRETS_MAX)
                        .toList();
        var secret = new SealedSecret(c.sealedSecret(), c.serial(), null);
        var after = stamped(before, secret, previous, ask.at());
        return new Decision.Accepted(
                List.of(new FactDraft("webhook.secret_rotated", before, after)), after);
    }

    /** The secret, valid until {@code end} at the longest. */
    private static SealedSecret ending(SealedSecret secret, Instant end) {
        var own = secret.endsAt();
        return new SealedSecret(
                secret.sealed(), secret.serial(), own == null || own.isAfter(end) ? end : own);
    }

    static Decision disable(DisableWebhook c, Ask ask, Image image) {
        return Decider.existing(
                image.webhook(c.id().value()),
                ask,
                before ->
                        before.enabled() && before.version() == c.version()
                                ? disabled(before, c.reason(), ask)
                                : Decision.unchanged(before));
    }

    private static Decision disabled(Webhook before, String reason, Ask ask) {
        var after =
                new Webhook(
                        before.id(),
                        before.url(),
                        before.description(),
                        before.groupIds(),
                        before.eventTypes(),
                        false,
                        reason,
                        before.secret(),
                        before.previousSecrets(),
                        before.createdAt(),
                        ask.at(),
                        before.version() + 1);
        return new Decision.Accepted(
                List.of(new FactDraft("webhook.disabled", before, after)), after);
    }

    private static Webhook stamped(
            Webhook webhook, SealedSecret secret, List<SealedSecret> previous, Instant at) {
        return new Webhook(
                webhook.id(),
                webhook.url(),
                webhook.description(),
                webhook.groupIds(),
                webhook.eventTypes(),
                webhook.enabled(),
                webhook.disabledReason(),
                secret,
                previous,
                webhook.createdAt(),
                at,
                webhook.version() + 1);
    }

    private static Optional<Decision> check(List<GroupId> groups, Image image) {
        for (int i = 0; i < groups.size(); i++) {
            if (image.group(groups.get(i).value()).isEmpty()) {
                var at = "filter.group_ids[" + i + "]";
                return Optional.of(Decision.reject(Rule.GROUP_UNKNOWN, at));
            }
        }
        return Optional.empty();
    }
}
