package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BodyMemoryTest {
    private static final long BYTES = 1 << 20;

    private final BodyMemory memory = new BodyMemory(BYTES, BYTES);

    @Test
    void bodiesOfEveryLengthAreReadWhetherTheirLengthIsToldOrNot() throws IOException {
        var random = new Random(1);
        for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 200_000, 524_288}) {
            var body = new byte[length];
            random.nextBytes(body);
            for (long told : new long[] {length, Long.MAX_VALUE}) {
                try (var room = memory.room()) {
                    assertThat(room.read(new ByteArrayInputStream(body), told)).isEqualTo(body);
                }
                assertThat(memory.taken()).isZero();
            }
        }
    }

    @Test
    void aBodyThatIsTooLongIsRefusedWhetherItsLengthIsToldOrNot() {
        var small = new BodyMemory(BYTES, 1_000);
        for (long told : new long[] {1_001, Long.MAX_VALUE}) {
            try (var room = small.room()) {
                assertThatThrownBy(() -> room.read(new ByteArrayInputStream(new byte[1_001]), told))
                        .isInstanceOf(ProblemException.class)
                        .extracting(e -> ((ProblemException) e).problem().code())
                        .isEqualTo(ErrorCode.REQUEST_TOO_LARGE);
            }
        }
    }

    @Test
    void whoFindsNoRoomIsToldToComeAgainAndTakesNone() throws IOException {
        try (var first = memory.room()) {
            var _ = first.read(new ByteArrayInputStream(new byte[900_000]), 900_000);

            try (var second = memory.room()) {
                assertThatThrownBy(() ->
                                second.read(
                                        new ByteArrayInputStream(new byte[900_000]),
                                        Long.MAX_VALUE))
                        .isInstanceOf(ProblemException.class)
                        .extracting(e -> ((ProblemException) e).problem().code())
                        .isEqualTo(ErrorCode.OVERLOADED);
            }
            assertThat(memory.taken()).isEqualTo(900_000);
        }
        assertThat(memory.taken()).isZero();
    }
}
