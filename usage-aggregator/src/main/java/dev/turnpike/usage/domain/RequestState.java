package dev.turnpike.usage.domain;

import dev.turnpike.schemas.limit.Charge;
import java.util.List;

/** What is known of one request id. */
public sealed interface RequestState {
    /**
     * Admitted and still running, as far as this partition has heard.
     *
     * @param stream who admitted it; its contribution holds the charges
     * @param charges as in its {@code Started}
     */
    record Open(String stream, List<Charge> charges) implements RequestState {
        public Open {
            charges = List.copyOf(charges);
        }
    }

    /** In the ledger; whatever else comes about it is a repetition. */
    record Closed() implements RequestState {}
}
