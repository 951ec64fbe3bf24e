package dev.turnpike.schemas.price;

import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost. Every part is multiplied and added exactly in pico-dollars; the sum is rounded
 * half up to a nano-dollar once.
 */
public final class Pricing {
    private static final BigInteger PICO_PER_NANO = BigInteger.valueOf(1_000);
    private static final BigInteger HALF_NANO = BigInteger.valueOf(500);

    private Pricing() {}

    /** What the request of {@code call} costs, by the price that was valid at its admission. */
    public static Cost cost(Call call, Settlement settlement, PriceBook book) {
        if (!settlement.charged()) {
            return new Cost.Free();
        }
        var price =
                book.priceFor(
                        call.modelSlug(),
                        settlement.provider(),
                        settlement.targetModel(),
                        call.admittedAt());
        return price.<Cost>map(known -> cost(settlement.usage(), known))
                .orElseGet(Cost.NoPrice::new);
    }

    /**
     * What {@code usage} costs by {@code price}. Cached and written tokens are taken out of the
     * input, reasoning tokens out of the output; parts that exceed their whole are cut to it.
     *
     * @return {@link Cost.Priced} or {@link Cost.Overflow}
     */
    public static Cost cost(TokenUsage usage, Price price) {
        long cached = Math.min(usage.cachedInputTokens(), usage.inputTokens());
        long written = Math.min(usage.cacheWriteTokens(), usage.inputTokens() - cached);
        long reasoning = Math.min(usage.reasoningTokens(), usage.outputTokens());
        var pico =
                part(usage.inputTokens() - cached - written, price.input())
                        .add(part(cached, orElse(price.cachedInput(), price.input())))
                        .add(part(written, orElse(price.cacheWrite(), price.input())))
                        .add(part(usage.outputTokens() - reasoning, price.output()))
                        .add(part(reasoning, orElse(price.reasoning(), price.output())));
        var nano = pico.add(HALF_NANO).divide(PICO_PER_NANO);
        return nano.bitLength() < Long.SIZE
                ? new Cost.Priced(price, new NanoUsd(nano.longValueExact()))
                : new Cost.Overflow(price);
    }

    private static BigInteger part(long tokens, TokenRate rate) {
        return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(rate.picoUsdPerToken()));
    }

    private static TokenRate orElse(@Nullable TokenRate rate, TokenRate fallback) {
        return rate == null ? fallback : rate;
    }
}
