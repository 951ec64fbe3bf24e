package dev.turnpike.control.log;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** A change whose sender waits. Answered once by the owner's thread. */
final class Pending {
    static final Answer UNKNOWN =
            new Answer.Refused(
                    Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "It is unknown whether the change happened; repeat it with the same"
                                    + " Idempotency-Key"));

    private final BiFunction<Batch, Instant, Answer> decision;
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile Answer answer = UNKNOWN;

    Pending(Submission submission) {
        decision = (batch, now) -> batch.add(submission, now);
    }

    Pending(Together together) {
        decision = (batch, now) -> batch.add(together, now);
    }

    /** Decides it as a part of {@code batch}. */
    Answer decide(Batch batch, Instant now) {
        return decision.apply(batch, now);
    }

    void answer(Answer outcome) {
        answer = outcome;
        answered.countDown();
    }

    /** The answer, or "unknown" when none comes in time. */
    Answer await(Duration timeout) {
        try {
            return answered.await(timeout.toMillis(), TimeUnit.MILLISECONDS) ? answer : UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
