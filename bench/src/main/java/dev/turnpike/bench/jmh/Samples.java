package dev.turnpike.bench.jmh;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One ordinary request, as the pipeline would describe it. */
final class Samples {
    static final String SLUG = "acme/fast";
    static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    static final GroupId GROUP = GroupId.ofUlid("01JD0000000000000000000001");
    private static final long INPUT = 41;

    private static final List<Charge> CHARGES =
            List.of(
                    new Charge(GROUP, SLUG, LimitType.REQUEST, LimitUnit.MINUTE, 7, 0, 1),
                    new Charge(GROUP, SLUG, LimitType.TOKEN, LimitUnit.MINUTE, 7, 500, 0));

    private Samples() {}

    static Started started(String ulid) {
        return new Started(call(ulid), CHARGES, INPUT);
    }

    static Settled settled(String ulid) {
        var usage = new TokenUsage(INPUT, 0, 0, 60, 0);
        var charges = List.of(CHARGES.getFirst(), CHARGES.getLast().settled(usage.total()));
        return new Settled(
                call(ulid),
                charges,
                new Settlement(
                        Outcome.COMPLETED,
                        true,
                        usage,
                        UsageSource.PROVIDER,
                        false,
                        new TokenUsage(INPUT, 0, 0, 58, 0),
                        Provider.OPENAI_COMPATIBLE,
                        "up-1",
                        200,
                        "stop",
                        NOON.plusMillis(12),
                        12,
                        null,
                        List.of(
                                new UpstreamAttempt(
                                        Provider.OPENAI_COMPATIBLE, "up-1", 200, null, 11))));
    }

    private static Call call(String ulid) {
        return new Call(
                RequestId.ofUlid(ulid),
                NOON,
                new Caller(GROUP, GROUP, "customer-1", new KeyPrefix("tp_abcdefghijkl")),
                SLUG,
                null,
                "chat",
                false,
                Map.of());
    }

    /** A group with a limit of requests and of tokens by the minute, too high to refuse. */
    static Group group() {
        long high = 1L << 50;
        var limits =
                List.of(
                        new Limit(LimitType.REQUEST, LimitUnit.MINUTE, high),
                        new Limit(LimitType.TOKEN, LimitUnit.MINUTE, high));
        var applied =
                limits.stream()
                        .map(limit ->
                                new EffectiveLimit(limit.type(), limit.unit(), high, GROUP, GROUP))
                        .toList();
        return new Group(
                GROUP,
                "acme",
                null,
                List.of(new ModelAccess(SLUG, limits, List.of())),
                List.of(new EffectiveModel(SLUG, applied, List.of())),
                LimitEnforcement.INDEPENDENT,
                null,
                GROUP,
                1,
                NOON,
                NOON,
                1);
    }
}
