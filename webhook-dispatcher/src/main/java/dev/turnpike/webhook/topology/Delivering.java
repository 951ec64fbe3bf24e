package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.webhook.domain.Attempt;
import dev.turnpike.webhook.domain.Directory;
import dev.turnpike.webhook.domain.Outbox.Ended;
import dev.turnpike.webhook.send.SlotPool;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What the tasks of one process share to deliver. All parts are thread-safe.
 *
 * @param slots attempts at a time in this process
 * @param random for jitter
 * @param windowMax attempts at one receiver at a time
 * @param observer sees every record of an attempt, for metrics
 */
public record Delivering(
        Directory directory,
        SlotPool slots,
        Attempts sender,
        RandomGenerator random,
        int windowMax,
        Observer observer) {
    /** Makes attempts. */
    @FunctionalInterface
    public interface Attempts {
        /**
         * Starts one attempt and returns.
         *
         * @param done receives the end once, on any thread
         */
        void send(Attempt attempt, Consumer<Ended> done);
    }

    /** Sees what is recorded; called on stream threads and must not block. */
    @FunctionalInterface
    public interface Observer {
        /** An attempt was recorded; its transaction may still be lost and made again. */
        void recorded(DeliveryAttempt attempt);
    }
}
