package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets whole answers above {@value #SMALL_MAX} bytes into memory one after the other: vectors of
 * thousands of texts, a set of pictures. Their upstreams are held back meanwhile. Nobody keeps the
 * place from the others for long: an upstream that is slow to say so much loses it after {@link
 * #READ_MAX} to whoever waits, and a client that is slow to take it is cut off by the bound on
 * writes of this length. Thread-safe.
 */
public final class LargeAnswers {
    /** Answers up to here need no place, in bytes. */
    public static final int SMALL_MAX = 32 << 20;

    /** How long an answer may be read while others wait. */
    static final Duration READ_MAX = Duration.ofSeconds(60);

    /** How long the place is waited for: one who reads, then writes, may have it before. */
    static final Duration PATIENCE = Duration.ofSeconds(130);

    private final Semaphore place = new Semaphore(1, true);
    private final int bytesMax;
    private final Duration patience;
    private final LongSupplier nanoTime;

    /**
     * @param bytesMax longest answer
     * @param patience how long the place is waited for
     * @param nanoTime like {@link System#nanoTime}
     */
    LargeAnswers(long bytesMax, Duration patience, LongSupplier nanoTime) {
        this.bytesMax = Math.toIntExact(bytesMax);
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    int bytesMax() {
        return bytesMax;
    }

    /** The place of one answer, if it comes to need one; close it when nothing large is left. */
    Place place() {
        return new Place();
    }

    /** One thread. */
    final class Place implements AutoCloseable {
        private boolean taken;
        private long takenAt;

        private Place() {}

        /**
         * Waits for the place, unless it is had already.
         *
         * @throws ProblemException {@code OVERLOADED} if it does not become free
         * @throws ClientGoneException if nobody wants the answer any more
         */
        void take(Audience audience) throws ClientGoneException {
            if (taken) {
                return;
            }
            var left = patience;
            while (!taken && left.isPositive()) {
                var look = left.compareTo(Presence.LOOK_EVERY) < 0 ? left : Presence.LOOK_EVERY;
                taken = waited(look);
                left = left.minus(look);
                if (!taken) {
                    audience.require();
                }
            }
            if (!taken) {
                throw noRoom();
            }
            takenAt = nanoTime.getAsLong();
        }

        /**
         * Asked while the answer is read.
         *
         * @throws ProblemException {@code OVERLOADED} if that takes too long for those who wait
         */
        void require() {
            if (taken
                    && place.hasQueuedThreads()
                    && nanoTime.getAsLong() - takenAt >= READ_MAX.toNanos()) {
                throw noRoom();
            }
        }

        private static ProblemException noRoom() {
            return Problem.of(ErrorCode.OVERLOADED, "Too many large answers at once").asException();
        }

        private boolean waited(Duration look) {
            try {
                return place.tryAcquire(look.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Problem.of(ErrorCode.UNAVAILABLE, "The gateway is stopping").asException(e);
            }
        }

        /** Leaves the place to others before the answer has ended. */
        void free() {
            if (taken) {
                taken = false;
                place.release();
            }
        }

        @Override
        public void close() {
            free();
        }
    }
}
