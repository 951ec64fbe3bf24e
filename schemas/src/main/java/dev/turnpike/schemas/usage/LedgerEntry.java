package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Value of {@code turnpike.ledger}: one priced entry per request, and one for each adjustment of a
 * bill. The topic holds each request id and each adjustment once.
 *
 * @param entryId identity for consumers that deduplicate ({@code idempotencyKey} in webhooks); made
 *     from the request id, so the same request always gives the same
 * @param decision why it was refused; null unless the outcome is {@code REFUSED}
 * @param settlement what it used; null if it was refused
 * @param cost null when no price is known; zero when uncharged
 * @param priceVersion {@code id@version} of the price, null when none was used
 * @param adjustment what was adjusted; null for a request. Then {@code cost} is its amount, and
 *     {@code call} only names the group, the time and the model ({@code *} for none in particular)
 */
public record LedgerEntry(
        String entryId,
        Call call,
        @Nullable Decision decision,
        @Nullable Settlement settlement,
        List<Charge> charges,
        @Nullable NanoUsd cost,
        @Nullable String priceVersion,
        @Nullable Adjustment adjustment) {
    /** {@link Call#operation} of an adjustment, and {@link #label} of its entry. */
    public static final String ADJUSTMENT = "adjustment";

    /**
     * How long after its request an entry may reach the ledger and still be found by the time of
     * the request: a request may take long, one that a kill left open is closed when its edge
     * starts again, and an edge that Kafka is out of reach for keeps its records meanwhile. Less
     * than the aggregator remembers request ids, so what is found this late is not there twice.
     */
    public static final Duration LATE_MAX = Duration.ofDays(7);

    /** No key has this prefix. Who made an adjustment is in the control log. */
    private static final KeyPrefix NO_KEY = new KeyPrefix(ADJUSTMENT);

    /**
     * @throws IllegalArgumentException unless there is exactly one of decision, settlement and
     *     adjustment
     */
    public LedgerEntry {
        int kinds = decision == null ? 0 : 1;
        kinds += settlement == null ? 0 : 1;
        kinds += adjustment == null ? 0 : 1;
        if (kinds != 1) {
            throw new IllegalArgumentException("an entry is of exactly one kind");
        }
        charges = List.copyOf(charges);
    }

    /** The entry of a request. */
    public LedgerEntry(
            String entryId,
            Call call,
            @Nullable Decision decision,
            @Nullable Settlement settlement,
            List<Charge> charges,
            @Nullable NanoUsd cost,
            @Nullable String priceVersion) {
        this(entryId, call, decision, settlement, charges, cost, priceVersion, null);
    }

    /** The entry of an adjustment; the same one always gives the same. */
    public static LedgerEntry of(Adjustment adjustment) {
        var ulid = adjustment.id().ulid();
        var slug = adjustment.modelSlug();
        var call =
                new Call(
                        RequestId.ofUlid(ulid),
                        adjustment.id().drawnAt(),
                        new Caller(
                                adjustment.groupId(),
                                adjustment.rootGroupId(),
                                adjustment.externalEntityId(),
                                NO_KEY,
                                adjustment.groupsBetween()),
                        slug == null ? ModelAccess.ALL_MODELS : slug,
                        null,
                        ADJUSTMENT,
                        false,
                        Map.of());
        return new LedgerEntry(
                ulid, call, null, null, List.of(), adjustment.amount(), null, adjustment);
    }

    /**
     * How the request ended.
     *
     * @throws IllegalStateException if it is not about a request; {@link #label} never throws
     */
    public Outcome outcome() {
        if (adjustment != null) {
            throw new IllegalStateException("an adjustment has no outcome");
        }
        return settlement == null ? Outcome.REFUSED : settlement.outcome();
    }

    /** How it ended, as events and filters name it; {@value #ADJUSTMENT} for an adjustment. */
    public String label() {
        return adjustment == null ? outcome().label() : ADJUSTMENT;
    }

    /** Whether it is billed. */
    public boolean charged() {
        return adjustment != null || (settlement != null && settlement.charged());
    }
}
