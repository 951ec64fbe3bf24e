package dev.turnpike.edge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.schemas.usage.TokenUsage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CostsTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final TokenUsage USAGE = new TokenUsage(100, 0, 0, 50, 0);

    @Test
    void withoutAPriceOfTheSlugTheDearestTargetIsSetAside() {
        var costs = costs(price(1, null, "small", 1_000), price(2, null, "large", 9_000));
        assertThat(estimate(costs, "small", "large", "unpriced")).isEqualTo(150 * 9);
        assertThat(costs.unpriced()).isZero();
    }

    @Test
    void thePriceOfTheSlugIsTheOnlyOneThatCounts() {
        var costs = costs(price(1, Trees.SLUG, null, 2_000), price(2, null, "large", 9_000));
        assertThat(estimate(costs, "large")).isEqualTo(150 * 2);
    }

    @Test
    void whatHasNoPriceCostsNothingAndIsCounted() {
        var costs = costs(price(1, null, "small", 1_000));
        assertThat(estimate(costs, "large")).isZero();
        assertThat(costs.unpriced()).isEqualTo(1);
    }

    @Test
    void anAbsurdCostIsCutToWhatAChargeMayHold() {
        var costs = costs(price(1, Trees.SLUG, null, TokenRate.PICO_USD_PER_TOKEN_MAX));
        var usage = new TokenUsage(Long.MAX_VALUE / 4, 0, 0, 0, 0);
        var cost = costs.estimate(Trees.SLUG, List.of(target("m")), NOON, usage);
        assertThat(cost).isEqualTo(Charge.AMOUNT_MAX);
    }

    private static Costs costs(Price... prices) {
        var book = new PriceBook(List.of(prices));
        return new Costs(() -> book);
    }

    private static long estimate(Costs costs, String... models) {
        var targets = List.of(models).stream().map(CostsTest::target).toList();
        return costs.estimate(Trees.SLUG, targets, NOON, USAGE);
    }

    private static Target target(String model) {
        return new Target(
                Provider.OPENAI, null, model, null, null, null, 0, 1, Timeouts.DEFAULT, Map.of());
    }

    private static Price price(int id, @Nullable String slug, @Nullable String model, long rate) {
        return new Price(
                PriceId.ofUlid("%026d".formatted(id)),
                slug,
                model == null ? null : Provider.OPENAI,
                model,
                new TokenRate(rate),
                null,
                null,
                new TokenRate(rate),
                null,
                NOON.minusSeconds(60),
                null,
                NOON,
                NOON,
                1);
    }
}
