package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.WebhookId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A directory that tests write. */
public final class ListedDirectory implements Directory {
    private final Map<WebhookId, Webhook> webhooks = new ConcurrentHashMap<>();
    private final Map<GroupId, GroupId> parents = new ConcurrentHashMap<>();

    public void put(Webhook webhook) {
        webhooks.put(webhook.id(), webhook);
    }

    public void remove(WebhookId id) {
        webhooks.remove(id);
    }

    public void parent(GroupId child, GroupId parent) {
        parents.put(child, parent);
    }

    @Override
    public List<Webhook> webhooks() {
        return List.copyOf(webhooks.values());
    }

    @Override
    public Optional<Webhook> find(WebhookId id) {
        return Optional.ofNullable(webhooks.get(id));
    }

    @Override
    public Optional<GroupId> parentOf(GroupId group) {
        return Optional.ofNullable(parents.get(group));
    }

    @Override
    public Optional<GroupId> lastParentOf(GroupId group) {
        return parentOf(group);
    }
}
