package dev.turnpike.edge.limit;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import java.util.List;

/**
 * What one running request holds. Given out by {@link Admission#admit} and handed back to the same
 * admission exactly once. Changed under the admission's lock only, and looked at by one thread
 * beside, which is the one that hands it back.
 */
public final class Reservation {
    private final AppliedLimits limits;
    private final List<Hold> holds;
    private long reservedTokens;
    private long reservedCost;
    private boolean ended;

    /**
     * One counter that the request is charged on.
     *
     * @param limit the limit as it was at admission
     */
    record Hold(Counter counter, EffectiveLimit limit, Charge charge) {}

    /**
     * @param holds not copied, and must not change
     */
    Reservation(AdmissionRequest request, List<Hold> holds) {
        this.limits = request.limits();
        this.holds = holds;
        this.reservedTokens = request.tokens();
        this.reservedCost = request.costNanoUsd();
    }

    /** What was set aside at admission, for the {@code Started} record; top-ups are not in it. */
    public List<Charge> charges() {
        var charges = new Charge[holds.size()];
        for (int i = 0; i < charges.length; i++) {
            charges[i] = holds.get(i).charge();
        }
        return List.of(charges);
    }

    /** Tokens set aside by now, top-ups included, whether or not a limit counts them. */
    public long reservedTokens() {
        return reservedTokens;
    }

    /** Nano-dollars set aside by now, top-ups included, whether or not a limit counts them. */
    public long reservedCost() {
        return reservedCost;
    }

    /** Whether a limit of {@code type} is charged. */
    public boolean counts(LimitType type) {
        return limits.count(type);
    }

    GroupId rootGroup() {
        return limits.rootGroup();
    }

    List<Hold> holds() {
        return holds;
    }

    void add(long tokens, long cost) {
        reservedTokens += tokens;
        reservedCost += cost;
    }

    void requireRunning() {
        if (ended) {
            throw new IllegalStateException("reservation is settled or released");
        }
    }

    /**
     * @throws IllegalStateException when called twice
     */
    void end() {
        requireRunning();
        ended = true;
    }
}
