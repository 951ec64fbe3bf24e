package dev.turnpike.webhook;

import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.webhook.domain.Directory;
import java.util.List;
import java.util.Optional;

/** The directory as the control log tells it. */
record ControlDirectory(ControlView view) implements Directory {
    @Override
    public List<Webhook> webhooks() {
        return view.webhooks();
    }

    @Override
    public Optional<Webhook> find(WebhookId id) {
        return view.webhook(id);
    }

    @Override
    public Optional<GroupId> parentOf(GroupId group) {
        return view.group(group).map(Group::parentGroupId);
    }

    @Override
    public Optional<GroupId> lastParentOf(GroupId group) {
        return view.lastParentOf(group);
    }
}
