package dev.turnpike.edge.limit;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import java.util.List;

/**
 * What one running request holds. Given out by {@link Admission#admit} and handed back to the same
 * admission exactly once.
 */
public final class Reservation {
    private final GroupId rootGroup;
    private final List<Hold> holds;
    private final List<Charge> charges;
    private long reservedTokens;
    private long reservedCost;
    private boolean ended;

    /**
     * One counter that the request is charged on.
     *
     * @param limit the limit as it was at admission
     */
    record Hold(Counter counter, EffectiveLimit limit, Charge charge) {}

    Reservation(GroupId rootGroup, List<Hold> holds, long reservedTokens, long reservedCost) {
        this.rootGroup = rootGroup;
        this.holds = List.copyOf(holds);
        var charged = new Charge[this.holds.size()];
        for (int i = 0; i < charged.length; i++) {
            charged[i] = this.holds.get(i).charge();
        }
        this.charges = List.of(charged);
        this.reservedTokens = reservedTokens;
        this.reservedCost = reservedCost;
    }

    /** What was set aside at admission, for the {@code Started} record; top-ups are not in it. */
    public List<Charge> charges() {
        return charges;
    }

    /** Tokens set aside by now, top-ups included, whether or not a limit counts them. */
    public synchronized long reservedTokens() {
        return reservedTokens;
    }

    /** Nano-dollars set aside by now, top-ups included, whether or not a limit counts them. */
    public synchronized long reservedCost() {
        return reservedCost;
    }

    /** Whether a limit of {@code type} is charged. */
    public boolean counts(LimitType type) {
        for (int i = 0; i < charges.size(); i++) {
            if (charges.get(i).type() == type) {
                return true;
            }
        }
        return false;
    }

    GroupId rootGroup() {
        return rootGroup;
    }

    List<Hold> holds() {
        return holds;
    }

    synchronized void add(long tokens, long cost) {
        reservedTokens += tokens;
        reservedCost += cost;
    }

    synchronized void requireRunning() {
        if (ended) {
            throw new IllegalStateException("reservation is settled or released");
        }
    }

    /**
     * @throws IllegalStateException when called twice
     */
    synchronized void end() {
        requireRunning();
        ended = true;
    }
}
