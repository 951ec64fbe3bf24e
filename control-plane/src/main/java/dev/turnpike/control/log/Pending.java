package dev.turnpike.control.log;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A submission whose sender waits. Answered once by the owner's thread. */
final class Pending {
    static final Answer UNKNOWN =
            new Answer.Refused(
                    Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "It is unknown whether the change happened; repeat it with the same"
                                    + " Idempotency-Key"));

    private final Submission submission;
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile Answer answer = UNKNOWN;

    Pending(Submission submission) {
        this.submission = submission;
    }

    Submission submission() {
        return submission;
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
