package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.time.Duration;
import java.time.Instant;

/** Which ledger entries a webhook wants. */
public final class Filter {
    /**
     * How far the clocks of edges and control plane may differ: an entry that ended this long
     * before the webhook was created still counts as after it.
     */
    public static final Duration CLOCK_SKEW_MAX = Duration.ofSeconds(5);

    /** Levels of a tree that are walked upwards; trees have at most five. */
    static final int LEVELS_MAX = 8;

    private Filter() {}

    /**
     * Whether {@code entry} is to be sent to {@code webhook}. A disabled webhook still matches:
     * what is due waits until it is enabled.
     */
    public static boolean matches(Webhook webhook, LedgerEntry entry, Directory directory) {
        return wanted(webhook, entry)
                && !endedAt(entry).isBefore(webhook.createdAt().minus(CLOCK_SKEW_MAX))
                && inGroups(webhook, entry.call().caller(), directory);
    }

    /** Without a list of outcomes the charged ones; with one exactly those, charged or not. */
    private static boolean wanted(Webhook webhook, LedgerEntry entry) {
        return webhook.eventTypes().isEmpty()
                ? entry.charged()
                : webhook.eventTypes().contains(entry.outcome().label());
    }

    private static Instant endedAt(LedgerEntry entry) {
        var settlement = entry.settlement();
        return settlement == null ? entry.call().admittedAt() : settlement.endedAt();
    }

    /** The root counts even when the groups between are deleted by now. */
    private static boolean inGroups(Webhook webhook, Caller caller, Directory directory) {
        var groups = webhook.groupIds();
        if (groups.isEmpty() || groups.contains(caller.rootGroupId())) {
            return true;
        }
        GroupId group = caller.groupId();
        for (int level = 0; level < LEVELS_MAX; level++) {
            if (groups.contains(group)) {
                return true;
            }
            var parent = directory.parentOf(group);
            if (parent.isEmpty()) {
                return false;
            }
            group = parent.get();
        }
        return false;
    }
}
