package dev.turnpike.edge.limit;

import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.price.Cost;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.price.Pricing;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * What requests cost, for COST limits: an estimate at admission, the truth at the end, both in
 * nano-dollars and by the same rules as the ledger. A request that has no price costs nothing here
 * and is counted. Thread-safe.
 */
public final class Costs {
    private final Supplier<PriceBook> prices;
    private final LongAdder unpriced = new LongAdder();

    /**
     * @param prices asked once or twice for each request that meets a COST limit; cheap
     */
    public Costs(Supplier<PriceBook> prices) {
        this.prices = prices;
    }

    /**
     * What a request may come to: by the price of the slug, else of the dearest target, since any
     * of them may answer.
     *
     * @param targets those of the endpoint, in any order
     * @param usage what it is expected to use
     */
    public long estimate(String slug, List<Target> targets, Instant at, TokenUsage usage) {
        var book = prices.get();
        boolean priced = false;
        long most = 0;
        for (var target : targets) {
            var model = target.targetModel() == null ? slug : target.targetModel();
            var price = book.priceFor(slug, target.provider(), model, at);
            if (price.isPresent()) {
                priced = true;
                most = Math.max(most, amount(Pricing.cost(usage, price.get())));
            }
        }
        if (!priced) {
            unpriced.increment();
        }
        return most;
    }

    /** What an ended request costs. */
    public long actual(Call call, Settlement settlement) {
        return amount(Pricing.cost(call, settlement, prices.get()));
    }

    /** Estimates that found no price, since the start. */
    public long unpriced() {
        return unpriced.sum();
    }

    private static long amount(Cost cost) {
        return switch (cost) {
            case Cost.Priced priced -> Math.min(priced.amount().value(), Charge.AMOUNT_MAX);
            case Cost.Overflow _ -> Charge.AMOUNT_MAX;
            case Cost.Free _, Cost.NoPrice _ -> 0;
        };
    }
}
