package dev.turnpike.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestRateTest {
    private static final KeyPrefix KEY = new KeyPrefix("tpm_000000000001");
    private static final KeyPrefix OTHER = new KeyPrefix("tpm_000000000002");
    private static final Route LIST = Route.list("/a", Operation.WHO_AM_I, RequestRateTest::none);
    private static final Route READ = Route.get("/b", Operation.WHO_AM_I, RequestRateTest::none);

    private Instant now = Instant.parse("2026-11-21T12:00:00.050Z");
    private final RequestRate rate = new RequestRate(10, () -> now);

    @Test
    void oneTooManyIsToldWhenToComeBackAndIsThenServed() {
        for (int i = 0; i < 10; i++) {
            assertThat(taken(KEY, LIST)).isTrue();
        }
        var problem = refusal(KEY, LIST);
        assertThat(problem.problem().code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);

        var wait = problem.problem().retryAfter().orElseThrow();
        assertThat(wait).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100));
        now = now.plus(wait).minusMillis(1);
        assertThat(taken(KEY, LIST)).isFalse();
        now = now.plusMillis(1);
        assertThat(taken(KEY, LIST)).isTrue();
    }

    @Test
    void keysAndRoutesAreCountedApart() {
        for (int i = 0; i < 10; i++) {
            assertThat(taken(KEY, LIST)).isTrue();
        }
        assertThat(taken(KEY, LIST)).isFalse();
        assertThat(taken(KEY, READ)).isTrue();
        assertThat(taken(OTHER, LIST)).isTrue();
    }

    @Test
    void noSecondOfAnyStartHoldsMoreThanTheNumber() {
        var random = new Random(5);
        var admitted = new ArrayDeque<Instant>();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            now = now.plusMillis(random.nextInt(120));
            if (!taken(KEY, LIST)) {
                refused++;
                continue;
            }
            admitted.add(now);
            var second = now.minusSeconds(1);
            while (!admitted.getFirst().isAfter(second)) {
                admitted.removeFirst();
            }
            assertThat(admitted.size()).isLessThanOrEqualTo(10);
        }
        assertThat(refused).isBetween(1_000, 19_000);
    }

    @Test
    void aClockThatGoesBackLocksNobodyOut() {
        assertThat(taken(KEY, LIST)).isTrue();
        now = now.minusSeconds(3_600);
        for (int i = 0; i < 9; i++) {
            assertThat(taken(KEY, LIST)).isTrue();
        }
    }

    private boolean taken(KeyPrefix key, Route route) {
        try {
            rate.take(key, route);
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }

    private ProblemException refusal(KeyPrefix key, Route route) {
        try {
            rate.take(key, route);
        } catch (ProblemException e) {
            return e;
        }
        throw new AssertionError("it was served");
    }

    private static Reply none(Reading reading) {
        throw new AssertionError("never handled");
    }
}
