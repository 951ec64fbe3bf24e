package dev.turnpike.webhook.send;

import dev.turnpike.webhook.domain.Slots;

/** The attempts that may run at a time in this process. Thread-safe. */
public final class SlotPool implements Slots {
    private final int slotsMax;
    private final int unprovenMax;
    private int taken;
    private int unproven;

    /**
     * @param slotsMax attempts at a time, at least 2; receivers that are not proven get at most
     *     half
     */
    public SlotPool(int slotsMax) {
        if (slotsMax < 2) {
            throw new IllegalArgumentException("too few slots: " + slotsMax);
        }
        this.slotsMax = slotsMax;
        this.unprovenMax = slotsMax / 2;
    }

    @Override
    public synchronized boolean tryTake(boolean proven) {
        if (taken >= slotsMax || (!proven && unproven >= unprovenMax)) {
            return false;
        }
        taken++;
        unproven += proven ? 0 : 1;
        return true;
    }

    /** Gives back what {@link #tryTake} gave, once. */
    public synchronized void release(boolean proven) {
        taken--;
        unproven -= proven ? 0 : 1;
        if (taken < 0 || unproven < 0) {
            throw new IllegalStateException("more slots given back than taken");
        }
    }

    /** Slots in use. */
    public synchronized int taken() {
        return taken;
    }
}
