package dev.turnpike.schemas.price;

import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.unit.NanoUsd;

/** What a request costs, or why that cannot be said. A guess is never among the answers. */
public sealed interface Cost {
    /** Not billed, whatever it used: a refusal, or the upstream never accepted it. */
    record Free() implements Cost {}

    /**
     * Billed by a price.
     *
     * @param price the price that was used
     * @param amount zero or more
     */
    record Priced(Price price, NanoUsd amount) implements Cost {}

    /** Billed, but no price is known for it at its admission time. */
    record NoPrice() implements Cost {}

    /**
     * Billed, but the amount does not fit in nano-dollars: the token counts are absurd.
     *
     * @param price the price that would have been used
     */
    record Overflow(Price price) implements Cost {}
}
