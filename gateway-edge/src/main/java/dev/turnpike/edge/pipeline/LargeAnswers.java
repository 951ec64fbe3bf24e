package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets whole answers above {@value #SMALL_MAX} bytes into memory one after the other: vectors of
 * thousands of texts, a set of pictures. Their upstreams are held back meanwhile. Thread-safe.
 */
final class LargeAnswers {
    /** Answers up to here need no place. */
    static final int SMALL_MAX = 32 << 20;

    /** Looks at the client while an answer waits for the place: a minute. */
    private static final int LOOKS_MAX = 150;

    private final Semaphore place = new Semaphore(1, true);
    private final int bytesMax;

    /**
     * @param bytesMax longest answer
     */
    LargeAnswers(long bytesMax) {
        this.bytesMax = Math.toIntExact(bytesMax);
    }

    int bytesMax() {
        return bytesMax;
    }

    /** The place of one answer, if it comes to need one; close it when the answer is sent. */
    Place place() {
        return new Place();
    }

    /** One thread. */
    final class Place implements AutoCloseable {
        private boolean taken;

        private Place() {}

        /**
         * Waits for the place, unless it is had already.
         *
         * @throws ProblemException {@code OVERLOADED} if it does not become free
         * @throws ClientGoneException if nobody wants the answer any more
         */
        void take(Audience audience) throws ClientGoneException {
            for (int looks = 0; !taken && looks < LOOKS_MAX; looks++) {
                taken = waited();
                if (!taken) {
                    audience.require();
                }
            }
            if (!taken) {
                throw Problem.of(ErrorCode.OVERLOADED, "Too many large answers at once")
                        .asException();
            }
        }

        private boolean waited() {
            try {
                return place.tryAcquire(Presence.LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Problem.of(ErrorCode.UNAVAILABLE, "The gateway is stopping").asException(e);
            }
        }

        @Override
        public void close() {
            if (taken) {
                taken = false;
                place.release();
            }
        }
    }
}
