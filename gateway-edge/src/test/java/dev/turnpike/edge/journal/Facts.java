package dev.turnpike.edge.journal;

import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Facts about request number n. */
final class Facts {
    static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    static final int ROOTS = 5;

    private Facts() {}

    static RequestId id(int n) {
        return RequestId.ofUlid(ulid(n));
    }

    static Call call(int n) {
        var group = GroupId.ofUlid(ulid(n % ROOTS));
        return new Call(
                id(n),
                NOON,
                new Caller(group, group, "customer-" + n % ROOTS, prefix()),
                "acme/chat",
                null,
                "chat",
                true,
                Map.of("order", "n" + n));
    }

    static RequestFact.Started started(int n) {
        return new RequestFact.Started(call(n), charges(n), 40);
    }

    static RequestFact.Settled settled(int n) {
        var usage = new TokenUsage(41, 0, 0, n, 0);
        return new RequestFact.Settled(
                call(n),
                charges(n).stream()
                        .map(c -> c.type() == LimitType.REQUEST ? c : c.settled(usage.total()))
                        .toList(),
                new Settlement(
                        Outcome.COMPLETED,
                        true,
                        usage,
                        UsageSource.PROVIDER,
                        false,
                        null,
                        null,
                        null,
                        200,
                        "stop",
                        NOON,
                        12,
                        3L,
                        List.of()));
    }

    static RequestFact.Refused refused(int n) {
        return new RequestFact.Refused(
                call(n),
                new Decision(DecisionId.ofUlid(ulid(n)), 429, "rate_limit_exceeded", null, 100L));
    }

    private static List<Charge> charges(int n) {
        var group = GroupId.ofUlid(ulid(n % ROOTS));
        return List.of(
                new Charge(group, "*", LimitType.REQUEST, LimitUnit.MINUTE, 7, 0, 1),
                new Charge(group, "*", LimitType.TOKEN, LimitUnit.DAY, 7, 500, 0));
    }

    private static KeyPrefix prefix() {
        return new KeyPrefix("tp_abcdefghijkl");
    }

    private static String ulid(int n) {
        return String.format(Locale.ROOT, "%026d", n);
    }
}
