package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.WebhookId;
import java.util.List;
import java.util.Optional;

/** What is known of webhooks and groups right now. Answers from memory; safe for any thread. */
public interface Directory {
    /** Every webhook, also the disabled ones, in no particular order. */
    List<Webhook> webhooks();

    /** The webhook, or empty when it is deleted or not known yet. */
    Optional<Webhook> find(WebhookId id);

    /** The parent of {@code group}; empty for a root and for a group that is not known. */
    Optional<GroupId> parentOf(GroupId group);

    /** The same, also of a group that was deleted not long ago, as far as it is remembered. */
    Optional<GroupId> lastParentOf(GroupId group);
}
