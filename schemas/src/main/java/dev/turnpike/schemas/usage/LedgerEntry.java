package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.unit.NanoUsd;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Value of {@code turnpike.ledger}: one priced entry per request. The topic holds each request id
 * once.
 *
 * @param entryId identity for consumers that deduplicate ({@code idempotencyKey} in webhooks); made
 *     from the request id, so the same request always gives the same
 * @param decision why it was refused; null unless the outcome is {@code REFUSED}
 * @param settlement what it used; null if and only if it was refused
 * @param cost null when no price is known; zero when uncharged
 * @param priceVersion {@code id@version} of the price, null when none was used
 */
public record LedgerEntry(
        String entryId,
        Call call,
        @Nullable Decision decision,
        @Nullable Settlement settlement,
        List<Charge> charges,
        @Nullable NanoUsd cost,
        @Nullable String priceVersion) {
    /**
     * @throws IllegalArgumentException unless there is exactly one of decision and settlement
     */
    public LedgerEntry {
        if ((decision == null) == (settlement == null)) {
            throw new IllegalArgumentException("an entry is a refusal or a settlement");
        }
        charges = List.copyOf(charges);
    }

    /** How the request ended. */
    public Outcome outcome() {
        return settlement == null ? Outcome.REFUSED : settlement.outcome();
    }

    /** Whether it is billed. */
    public boolean charged() {
        return settlement != null && settlement.charged();
    }
}
