package dev.turnpike.webhook.domain;

/** The bound on attempts that run at a time in this process, whatever they are sent to. */
public interface Slots {
    /**
     * Takes a slot if one is free; never waits.
     *
     * @param proven whether the receiver has answered well lately; others share a part of the
     *     slots, so that a thousand tarpits cannot take all of them
     */
    boolean tryTake(boolean proven);
}
