package dev.turnpike.schemas.price;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PricingTest {
    private static final Instant NOON = Samples.NOON;

    @Test
    void partsOfInputAndOutputArePricedOnceAndByTheirOwnRate() {
        var price = price(1_000_000, 100_000L, 1_250_000L, 5_000_000, 7_000_000L);
        var usage = new TokenUsage(1_000, 600, 100, 50, 20);
        // 300 plain, 600 cached, 100 written, 30 shown, 20 reasoned; pico-dollars.
        long pico =
                300 * 1_000_000L
                        + 600 * 100_000L
                        + 100 * 1_250_000L
                        + 30 * 5_000_000L
                        + 20 * 7_000_000L;
        assertThat(Pricing.cost(usage, price))
                .isEqualTo(new Cost.Priced(price, new NanoUsd(pico / 1_000)));
    }

    @Test
    void aMissingRateFallsBackToItsWhole() {
        var price = price(1_000_000, null, null, 5_000_000, null);
        var usage = new TokenUsage(1_000, 600, 100, 50, 20);
        assertThat(Pricing.cost(usage, price))
                .isEqualTo(new Cost.Priced(price, new NanoUsd(1_000 * 1_000 + 50 * 5_000)));
    }

    @Test
    void theSumIsRoundedHalfUpOnce() {
        var price = price(250, null, null, 249, null);
        assertThat(nano(new TokenUsage(1, 0, 0, 1, 0), price)).isZero();
        assertThat(nano(new TokenUsage(2, 0, 0, 0, 0), price)).isOne();
        assertThat(nano(new TokenUsage(5, 0, 0, 1, 0), price)).isOne();
        assertThat(nano(new TokenUsage(6, 0, 0, 0, 0), price)).isEqualTo(2);
    }

    @Test
    void partsGreaterThanTheirWholeAreCutToIt() {
        var price = price(1_000, 3_000L, 7_000L, 10_000, 20_000L);
        assertThat(nano(new TokenUsage(10, 15, 5, 4, 9), price)).isEqualTo(10 * 3 + 4 * 20);
    }

    @Test
    void anAmountThatDoesNotFitIsNoNumber() {
        var price = price(TokenRate.PICO_USD_PER_TOKEN_MAX, null, null, 0, null);
        long most = Long.MAX_VALUE / 1_000_000_000;
        assertThat(Pricing.cost(new TokenUsage(most, 0, 0, 0, 0), price))
                .isInstanceOf(Cost.Priced.class);
        assertThat(Pricing.cost(new TokenUsage(most + 1, 0, 0, 0, 0), price))
                .isEqualTo(new Cost.Overflow(price));
    }

    @Test
    void whatIsNotChargedIsFreeWhetherOrNotAPriceIsKnown() {
        var usage = new TokenUsage(10, 0, 0, 10, 0);
        var end = Samples.settlement(Outcome.UPSTREAM_FAILED, false, usage);
        var call = Samples.call();
        assertThat(Pricing.cost(call, end, PriceBook.EMPTY)).isEqualTo(new Cost.Free());
    }

    @Test
    void aChargedRequestWithoutAPriceHasNoCost() {
        var end = Samples.settlement(Outcome.COMPLETED, true, TokenUsage.ZERO);
        var call = Samples.call();
        assertThat(Pricing.cost(call, end, PriceBook.EMPTY)).isEqualTo(new Cost.NoPrice());
    }

    @Test
    void theSlugsPriceWinsOverTheModels() {
        var ofModel = Samples.price(1, null, NOON.minusSeconds(1));
        var ofSlug = Samples.price(2, Samples.SLUG, NOON.minusSeconds(9));
        assertThat(find(NOON, ofModel, ofSlug)).contains(ofSlug);
        assertThat(find(NOON.minusSeconds(10), ofModel, ofSlug)).isEmpty();
    }

    @Test
    void theModelsPriceServesWhileTheSlugsIsNotValid() {
        var ofModel = Samples.price(1, null, NOON.minusSeconds(9));
        var ofSlug = Samples.price(2, Samples.SLUG, NOON.plusSeconds(1));
        assertThat(find(NOON, ofModel, ofSlug)).contains(ofModel);
        assertThat(find(NOON.plusSeconds(1), ofModel, ofSlug)).contains(ofSlug);
    }

    @Test
    void ofSeveralValidPricesTheLatestWinsWhateverTheirOrder() {
        var old = Samples.price(1, Samples.SLUG, NOON.minus(Duration.ofDays(9)));
        var newer = Samples.price(2, Samples.SLUG, NOON.minus(Duration.ofDays(1)));
        assertThat(find(NOON, old, newer)).contains(newer);
        assertThat(find(NOON, newer, old)).contains(newer);
        assertThat(find(NOON.minus(Duration.ofDays(2)), newer, old)).contains(old);
    }

    private static Optional<Price> find(Instant at, Price... prices) {
        return new PriceBook(List.of(prices))
                .priceFor(Samples.SLUG, Provider.DEMO, Samples.MODEL, at);
    }

    private static long nano(TokenUsage usage, Price price) {
        return Pricing.cost(usage, price) instanceof Cost.Priced(_, var amount)
                ? amount.value()
                : -1;
    }

    private static Price price(
            long input,
            @Nullable Long cached,
            @Nullable Long written,
            long output,
            @Nullable Long reasoning) {
        return new Price(
                PriceId.ofUlid("01HZ0000000000000000000009"),
                Samples.SLUG,
                null,
                null,
                new TokenRate(input),
                cached == null ? null : new TokenRate(cached),
                written == null ? null : new TokenRate(written),
                new TokenRate(output),
                reasoning == null ? null : new TokenRate(reasoning),
                NOON,
                null,
                NOON,
                NOON,
                1);
    }
}
