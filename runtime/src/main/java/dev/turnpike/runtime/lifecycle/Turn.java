package dev.turnpike.runtime.lifecycle;

import java.lang.management.ManagementFactory;
import jdk.management.VirtualThreadSchedulerMXBean;

/**
 * The turns in which virtual threads have the processors. Whoever is about to wait for what others
 * may bring meanwhile lets them go first: on a busy machine it is there by the next turn, and then
 * nothing needs to be waited for. Thread-safe.
 */
public final class Turn {
    private static final VirtualThreadSchedulerMXBean SCHEDULER =
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

    private Turn() {}

    /**
     * Lets those go first who wait for a processor. Where nobody does it goes on at once: giving
     * way to nobody wakes another processor, which takes longer than most waits.
     */
    @SuppressWarnings("ThreadPriorityCheck") // Correct without the yield; fewer waits with it.
    public static void giveWay() {
        if (SCHEDULER.getQueuedVirtualThreadCount() > 0) {
            Thread.yield();
        }
    }
}
