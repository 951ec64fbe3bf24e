package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.pipeline.LargeAnswers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WriteWatchTest {
    @Test
    void aWriteMayTakeLongerTheMoreItIsUntilItKeepsOthersOut() {
        assertThat(seconds(0)).isEqualTo(60);
        assertThat(seconds(16 << 10)).isEqualTo(61);
        assertThat(seconds(LargeAnswers.SMALL_MAX)).isEqualTo(60 + 2_048);
        assertThat(seconds(LargeAnswers.SMALL_MAX + 1)).isEqualTo(60);
        assertThat(seconds(160 << 20)).isEqualTo(60);
    }

    @Test
    void thePiecesOfALargeReplyHaveOneTimeTogether() {
        var nanos = new AtomicLong();
        var stall = Duration.ofMillis(40);
        try (var watch = new WriteWatch(stall, nanos::get);
                var guard = watch.guard()) {
            guard.beginsPieces(LargeAnswers.SMALL_MAX + 1);
            guard.begins(1 << 20);
            assertThat(guard.ends()).isFalse();
            nanos.addAndGet(stall.toNanos());

            guard.begins(1 << 20);

            assertThatThrownBy(() -> new CountDownLatch(1).await(20, TimeUnit.SECONDS))
                    .isInstanceOf(InterruptedException.class);
            assertThat(guard.ends()).isTrue();
        }
    }

    private static long seconds(int bytes) {
        long stall = WriteWatch.STALL_MAX.toNanos();
        return Duration.ofNanos(WriteWatch.allowedNanos(stall, bytes)).toSeconds();
    }
}
