package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.SealedSecret;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Webhooks and ledger entries with what the tests do not care about filled in. */
public final class Samples {
    public static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    private Samples() {}

    /** A ULID that counts. */
    public static String ulid(long number) {
        return "01ARZ3NDEK%016d".formatted(number);
    }

    public static GroupId group(long number) {
        return GroupId.ofUlid(ulid(number));
    }

    public static WebhookId webhookId(long number) {
        return WebhookId.ofUlid(ulid(number));
    }

    /** An enabled webhook for everything that is charged. */
    public static Webhook webhook(long number, String url) {
        return webhook(number, url, true, 1, new byte[] {1});
    }

    public static Webhook webhook(
            long number, String url, boolean enabled, long version, byte[] secret) {
        return new Webhook(
                webhookId(number),
                url,
                null,
                List.of(),
                List.of(),
                enabled,
                null,
                new SealedSecret(secret, 1, null),
                List.of(),
                START,
                START,
                version);
    }

    /** The same webhook with a filter. */
    public static Webhook filtered(Webhook of, List<GroupId> groups, List<String> outcomes) {
        return new Webhook(
                of.id(),
                of.url(),
                null,
                groups,
                outcomes,
                of.enabled(),
                null,
                of.secret(),
                List.of(),
                of.createdAt(),
                of.updatedAt(),
                of.version());
    }

    /** A charged entry of group 1. */
    public static LedgerEntry entry(String id, Instant at) {
        return entry(id, at, group(1), group(1), Outcome.COMPLETED, true);
    }

    public static LedgerEntry entry(
            String id, Instant at, GroupId group, GroupId root, Outcome outcome, boolean charged) {
        return entry(id, at, caller(group, root, List.of()), outcome, charged);
    }

    /** A caller whose records name what stands between its group and the root. */
    public static Caller caller(GroupId group, GroupId root, List<GroupId> between) {
        return new Caller(group, root, "customer-7", new KeyPrefix("tp_abcdef"), between);
    }

    public static LedgerEntry entry(
            String id, Instant at, Caller caller, Outcome outcome, boolean charged) {
        var call =
                new Call(
                        RequestId.ofUlid(ulid(1)),
                        at,
                        caller,
                        "acme/fast",
                        null,
                        "chat",
                        false,
                        Map.of());
        if (outcome == Outcome.REFUSED) {
            var decision = new Decision(DecisionId.ofUlid(ulid(1)), 429, "limit", null, null);
            return new LedgerEntry(id, call, decision, null, List.of(), null, null);
        }
        var settlement =
                new Settlement(
                        outcome,
                        charged,
                        new TokenUsage(10, 0, 0, 5, 0),
                        UsageSource.PROVIDER,
                        false,
                        null,
                        Provider.OPENAI,
                        "gpt-x",
                        200,
                        "stop",
                        at,
                        100,
                        10L,
                        List.of());
        return new LedgerEntry(id, call, null, settlement, List.of(), new NanoUsd(1), null);
    }

    public static Delivery delivery(WebhookId webhook, long number, Instant at) {
        var id = DeliveryId.ofUlid(ulid(number));
        return new Delivery(
                webhook,
                id,
                at,
                List.of("e" + number),
                List.of(new LedgerPosition(0, number)),
                ("body " + number).getBytes(StandardCharsets.UTF_8));
    }
}
