package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.limit.Charge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became true of one request. One {@code Started} and exactly one of the others, or one {@code
 * Refused} alone.
 */
public sealed interface RequestFact {
    /** The request it is about. */
    Call call();

    /**
     * Admitted.
     *
     * @param charges what was set aside on each counter
     * @param inputEstimate estimated prompt tokens
     */
    record Started(Call call, List<Charge> charges, long inputEstimate) implements RequestFact {
        public Started {
            charges = List.copyOf(charges);
        }
    }

    /**
     * Ended while the edge lived.
     *
     * @param charges the same counters as in {@code Started}, with what was really used
     */
    record Settled(Call call, List<Charge> charges, Settlement settlement) implements RequestFact {
        public Settled {
            charges = List.copyOf(charges);
        }
    }

    /**
     * Ended because the edge died; written by its next start.
     *
     * @param startedBy stream that wrote {@code Started}, whose contribution to totals is corrected
     * @param charges the same counters as in {@code Started}, with the best estimate
     */
    record Aborted(Call call, String startedBy, List<Charge> charges, Settlement settlement)
            implements RequestFact {
        public Aborted {
            charges = List.copyOf(charges);
        }
    }

    /** Refused after the caller was known; nothing was charged. */
    record Refused(Call call, Decision decision) implements RequestFact {}

    /** Whether nothing follows about this request. */
    default boolean terminal() {
        return !(this instanceof Started);
    }

    /** How an admitted request ended; null for the facts that end none. */
    default @Nullable Settlement settlementOrNull() {
        return switch (this) {
            case Settled s -> s.settlement();
            case Aborted a -> a.settlement();
            case Started _, Refused _ -> null;
        };
    }
}
