package dev.turnpike.usage.domain;

import dev.turnpike.schemas.price.Cost;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.usage.domain.StreamMark.Arrival;
import java.util.Optional;

/**
 * What one record changed.
 *
 * @param outcome what became of it
 * @param arrival what its sequence number said
 * @param skipped how many numbers of its stream are missing before it and were not before
 */
public record Applied(Outcome outcome, Arrival arrival, long skipped) {
    /** What became of a record. */
    public sealed interface Outcome {
        /** A request was opened. */
        record Opened() implements Outcome {}

        /**
         * A request ended and has its entry.
         *
         * @param cost how the entry was priced
         */
        record Entered(LedgerEntry entry, Cost cost) implements Outcome {}

        /** It said nothing new. */
        record Duplicate() implements Outcome {}
    }

    /** The entry to be written, if there is one. */
    public Optional<LedgerEntry> entry() {
        return switch (outcome) {
            case Outcome.Entered entered -> Optional.of(entered.entry());
            case Outcome.Opened _, Outcome.Duplicate _ -> Optional.empty();
        };
    }
}
