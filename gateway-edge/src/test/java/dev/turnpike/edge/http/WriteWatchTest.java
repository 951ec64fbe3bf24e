package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.pipeline.LargeAnswers;
import java.time.Duration;
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

    private static long seconds(int bytes) {
        long stall = WriteWatch.STALL_MAX.toNanos();
        return Duration.ofNanos(WriteWatch.allowedNanos(stall, bytes)).toSeconds();
    }
}
