package dev.turnpike.edge.journal;

import org.jspecify.annotations.Nullable;

/** What a record says of which requests are open, readable without decoding the record. */
sealed interface Mark {
    /**
     * A request begins.
     *
     * @param called the upstream that is called next; null when that was still to be found out
     */
    record Start(Unfinished.@Nullable Called called) implements Mark {}

    /**
     * A request has ended.
     *
     * @param start position of the record with which it began; 0 when that is unknown
     */
    record End(long start) implements Mark {}

    /** Nothing; also of all records that earlier versions wrote. */
    record None() implements Mark {
        static final None INSTANCE = new None();
    }
}
