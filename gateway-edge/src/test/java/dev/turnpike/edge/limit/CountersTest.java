package dev.turnpike.edge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final CounterKey KEY =
            new CounterKey(Trees.group(1), Trees.SLUG, LimitType.REQUEST, LimitUnit.MINUTE);

    private final Counters counters = new Counters("me/1", 10);

    @Test
    void whatIsTakenOfACounterThatExpiredMeanwhileCountsOnItsSuccessor() {
        var found = counters.take(KEY, null, LimitUnit.MINUTE.window(NOON), 1, 0);
        var later = NOON.plus(Duration.ofMinutes(10));
        counters.expire(later);

        var taken = counters.take(KEY, found, LimitUnit.MINUTE.window(later), 1, 0);

        assertThat(taken).isNotSameAs(found).isSameAs(counters.find(KEY));
        assertThat(taken.level(later).total()).isEqualTo(1);
    }

    @Test
    void aCounterThatWasFoundIsTheOneThatIsCharged() {
        var found = counters.take(KEY, null, LimitUnit.MINUTE.window(NOON), 1, 0);

        var taken = counters.take(KEY, found, LimitUnit.MINUTE.window(NOON), 1, 0);

        assertThat(taken).isSameAs(found).isSameAs(counters.find(KEY));
        assertThat(taken.level(NOON).total()).isEqualTo(2);
    }
}
