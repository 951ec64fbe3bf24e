package dev.turnpike.usage.domain;

import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.usage.domain.StreamMark.Arrival;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells what says something new from what was said before. The request id decides; the sequence
 * number only where the id may have been forgotten. So a gap, a reordering or a stream that counts
 * wrongly neither loses nor doubles a request.
 */
final class Dedupe {
    private Dedupe() {}

    /**
     * Whether {@code record} repeats what is known.
     *
     * @param known what is known of its request
     */
    static boolean repeats(
            RequestRecord record, Optional<RequestState> known, Arrival arrival, Horizon horizon) {
        boolean forgettable = horizon.forgets(record.fact().call().requestId());
        if (forgettable && arrival == Arrival.REPEATED) {
            // Also when a late beginning has opened the forgotten request again.
            return true;
        }
        if (known.isEmpty()) {
            return false;
        }
        return switch (known.get()) {
            case RequestState.Closed _ -> true;
            case RequestState.Open _ -> !record.fact().terminal();
        };
    }

    /** The charges that were set aside for the request, or null when it is not open. */
    static RequestState.@Nullable Open open(Optional<RequestState> known) {
        return known.orElse(null) instanceof RequestState.Open open ? open : null;
    }

    /** Who admitted the request of {@code record}, as far as the record says. */
    static String admittedBy(RequestRecord record) {
        return record.fact() instanceof RequestFact.Aborted aborted
                ? aborted.startedBy()
                : record.stream();
    }
}
