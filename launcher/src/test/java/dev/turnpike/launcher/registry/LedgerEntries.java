package dev.turnpike.launcher.registry;

import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Entries as the aggregator writes them, with nothing left out. */
final class LedgerEntries {
    private static final GroupId GROUP = GroupId.ofUlid("01JD0000000000000000000001");
    private static final Instant ADMITTED = Instant.parse("2026-11-21T10:00:00.123456Z");

    private LedgerEntries() {}

    static LedgerEntry completed() {
        var call =
                new Call(
                        RequestId.ofUlid("01JD0000000000000000000002"),
                        ADMITTED,
                        new Caller(GROUP, GROUP, "acme", new KeyPrefix("tp_ABCDEFGHIJKL")),
                        "acme/chat",
                        null,
                        "chat",
                        true,
                        Map.of("order", "7"));
        var charge = new Charge(GROUP, "acme/chat", LimitType.TOKEN, LimitUnit.DAY, 20_000, 9, 15);
        return new LedgerEntry(
                "evt_01JD0000000000000000000002",
                call,
                null,
                settlement(),
                List.of(charge),
                new NanoUsd(1_234_567),
                "price-1@1");
    }

    private static Settlement settlement() {
        return new Settlement(
                Outcome.COMPLETED,
                true,
                new TokenUsage(10, 2, 0, 5, 1),
                UsageSource.PROVIDER,
                false,
                null,
                Provider.OPENAI,
                "gpt",
                200,
                "stop",
                ADMITTED.plusMillis(877),
                877,
                12L,
                List.of(new UpstreamAttempt(Provider.OPENAI, "gpt", 200, null, 11)));
    }
}
