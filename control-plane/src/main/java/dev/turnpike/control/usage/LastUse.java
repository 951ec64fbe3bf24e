package dev.turnpike.control.usage;

import java.time.Instant;

/** What is known of the last use of a key. */
public sealed interface LastUse {
    /**
     * It was used.
     *
     * @param at when, by the edge's clock; it may have been used again in the minute after
     */
    record At(Instant at) implements LastUse {}

    /** It has not been used, as far as has been added up. */
    record Never() implements LastUse {}

    /** It cannot be told now; it can be a little later. */
    record Unknown() implements LastUse {}
}
