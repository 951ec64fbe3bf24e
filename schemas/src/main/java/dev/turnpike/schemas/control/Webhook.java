package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where billing events are sent.
 *
 * @param groupIds events of these groups and their descendants; empty all
 * @param eventTypes outcomes to send, in lower case ({@code completed}, {@code refused}, ...);
 *     empty the charged ones
 * @param enabled false stops sending; what is due waits
 * @param disabledReason why it was disabled, null while enabled or when the operator did it
 * @param secret the current signing secret
 * @param previousSecrets still signed with, until they end
 * @param version counts the changes of this resource, from 1
 */
public record Webhook(
        WebhookId id,
        String url,
        @Nullable String description,
        List<GroupId> groupIds,
        List<String> eventTypes,
        boolean enabled,
        @Nullable String disabledReason,
        SealedSecret secret,
        List<SealedSecret> previousSecrets,
        Instant createdAt,
        Instant updatedAt,
        long version)
        implements Resource {
    public Webhook {
        groupIds = List.copyOf(groupIds);
        eventTypes = List.copyOf(eventTypes);
        previousSecrets = List.copyOf(previousSecrets);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.WEBHOOK;
    }

    @Override
    public String resourceId() {
        return id.value();
    }
}
