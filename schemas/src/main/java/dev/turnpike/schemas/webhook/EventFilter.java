package dev.turnpike.schemas.webhook;

import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Which ledger entries a webhook wants. */
public final class EventFilter {
    /**
     * How far the clocks of edges and control plane may differ: an entry that ended this long
     * before the webhook was created still counts as after it.
     */
    public static final Duration CLOCK_SKEW_MAX = Duration.ofSeconds(5);

    private EventFilter() {}

    /**
     * Whether {@code entry} is to be sent to {@code webhook}. A disabled webhook still matches:
     * what is due waits until it is enabled.
     *
     * @param parentOf as in {@link Caller#within}
     */
    public static boolean matches(
            Webhook webhook, LedgerEntry entry, Function<GroupId, Optional<GroupId>> parentOf) {
        return wanted(webhook, entry)
                && !endedAt(entry).isBefore(webhook.createdAt().minus(CLOCK_SKEW_MAX))
                && inGroups(webhook.groupIds(), entry.call().caller(), parentOf);
    }

    /**
     * Whether {@code entry} is to be sent again. Unlike at first, it may be older than the webhook.
     *
     * @param parentOf as in {@link #matches}
     */
    public static boolean matchesAgain(
            Webhook webhook,
            TimeRange range,
            LedgerEntry entry,
            Function<GroupId, Optional<GroupId>> parentOf) {
        var at = entry.call().admittedAt();
        var caller = entry.call().caller();
        var externalId = range.externalEntityId();
        var group = range.groupId();
        return !at.isBefore(range.from())
                && at.isBefore(range.to())
                && (externalId == null || externalId.equals(caller.externalEntityId()))
                && wanted(webhook, entry)
                && inGroups(webhook.groupIds(), caller, parentOf)
                && (group == null || caller.within(List.of(group), parentOf));
    }

    /** Without a list of outcomes the charged ones; with one exactly those, charged or not. */
    private static boolean wanted(Webhook webhook, LedgerEntry entry) {
        return webhook.eventTypes().isEmpty()
                ? entry.charged()
                : webhook.eventTypes().contains(entry.label());
    }

    private static Instant endedAt(LedgerEntry entry) {
        var settlement = entry.settlement();
        return settlement == null ? entry.call().admittedAt() : settlement.endedAt();
    }

    private static boolean inGroups(
            Collection<GroupId> groups,
            Caller caller,
            Function<GroupId, Optional<GroupId>> parentOf) {
        return groups.isEmpty() || caller.within(groups, parentOf);
    }
}
