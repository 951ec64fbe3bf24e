package dev.turnpike.schemas.limit;

import dev.turnpike.schemas.id.GroupId;

/**
 * What one request put on one counter. A record of usage carries all of its charges, so that totals
 * are a plain sum and a refusal can be recomputed.
 *
 * @param groupId the metered group
 * @param slug the slug of the limit, or {@code *} for all models of the group together
 * @param window {@link LimitUnit#window} of the admission time, whenever the request ended
 * @param reserved amount set aside at admission
 * @param actual amount known to be used; 0 until the request is settled, except for requests, which
 *     are charged at admission
 */
public record Charge(
        GroupId groupId,
        String slug,
        LimitType type,
        LimitUnit unit,
        long window,
        long reserved,
        long actual) {
    /**
     * The most one charge may hold; more is no usage but nonsense. Sums of it cannot overflow. For
     * {@link LimitType#COST} it is a million dollars.
     */
    public static final long AMOUNT_MAX = 1_000_000_000_000_000L;

    /** The same charge settled with the truth. */
    public Charge settled(long truth) {
        return new Charge(groupId, slug, type, unit, window, reserved, truth);
    }

    /** Names the counter: {@code group/slug/type/unit/window}; the key of its total. */
    public String counter() {
        return groupId.value() + '/' + slug + '/' + type + '/' + unit + '/' + window;
    }
}
