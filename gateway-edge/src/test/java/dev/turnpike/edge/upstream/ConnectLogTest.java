package dev.turnpike.edge.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectLogTest {
    private static final Origin ONE = new Origin(true, "one.example", 443);
    private static final Origin OTHER = new Origin(true, "other.example", 443);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000); // It may wrap around.
    private final List<String> lines = new ArrayList<>();
    private final ConnectLog log = new ConnectLog(nanos::get, kept(lines));

    static ConnectLog.Lines kept(List<String> lines) {
        return new ConnectLog.Lines() {
            @Override
            public void failed(Origin origin, String reason, long more) {
                lines.add(origin.host() + " failed: " + reason + " +" + more);
            }

            @Override
            public void connected(Origin origin) {
                lines.add(origin.host() + " connected");
            }
        };
    }

    @Test
    void aFailureIsSaidOnceAndThoseThatFollowAreCounted() {
        for (int i = 0; i < 100; i++) {
            log.failed(ONE, "no trust");
        }
        assertThat(lines).containsExactly("one.example failed: no trust +0");

        nanos.addAndGet(ConnectLog.QUIET.toNanos());
        log.failed(ONE, "too old");
        assertThat(lines).hasSize(2).last().isEqualTo("one.example failed: too old +99");
    }

    @Test
    void eachOriginIsSaid() {
        log.failed(ONE, "a");
        log.failed(OTHER, "b");

        assertThat(lines).containsExactly("one.example failed: a +0", "other.example failed: b +0");
    }

    @Test
    void oneThatComesAndGoesIsSaidTwiceInAQuietTimeAndNoMore() {
        for (int i = 0; i < 50; i++) {
            log.failed(ONE, "a");
            log.connected(ONE);
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(lines).containsExactly("one.example failed: a +0", "one.example connected");
    }

    @Test
    void nothingIsSaidOfWhatAlwaysWorked() {
        log.connected(ONE);

        assertThat(lines).isEmpty();
    }

    @Test
    void aReasonIsCut() {
        log.failed(ONE, "x".repeat(100_000));

        assertThat(lines.getFirst()).hasSizeLessThan(ConnectLog.REASON_CHARS_MAX + 50);
    }
}
