package dev.turnpike.schemas.price;

import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call at noon, how it may end, and prices for it. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    static final String SLUG = "acme/m1";
    static final String MODEL = "m-1";

    private static final GroupId GROUP = GroupId.ofUlid("01HZ0000000000000000000001");

    private Samples() {}

    static Call call() {
        var caller = new Caller(GROUP, GROUP, "customer-1", new KeyPrefix("tp_AbCdEfGh1234"));
        var id = RequestId.ofUlid("01HZ0000000000000000000002");
        return new Call(id, NOON, caller, SLUG, null, "chat", false, Map.of());
    }

    static Settlement settlement(Outcome outcome, boolean charged, TokenUsage usage) {
        return new Settlement(
                outcome,
                charged,
                usage,
                UsageSource.PROVIDER,
                false,
                null,
                Provider.DEMO,
                MODEL,
                200,
                "stop",
                NOON.plusSeconds(2),
                2_000,
                null,
                List.of());
    }

    /** Two dollars a million in, six out; for the model when there is no slug. */
    static Price price(int number, @Nullable String slug, Instant validFrom) {
        return new Price(
                PriceId.ofUlid("%026d".formatted(number)),
                slug,
                slug == null ? Provider.DEMO : null,
                slug == null ? MODEL : null,
                new TokenRate(2_000_000),
                null,
                null,
                new TokenRate(6_000_000),
                null,
                validFrom,
                null,
                validFrom,
                validFrom,
                1);
    }
}
