package dev.turnpike.usage.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.usage.domain.StreamMark.Arrival;
import dev.turnpike.usage.domain.StreamMark.Range;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamMarkTest {
    @Test
    void aGapIsSeenOnceAndClosedByWhatComesLate() {
        var mark = seen(1, 2);
        assertThat(mark.arrival(5)).isEqualTo(Arrival.AFTER_GAP);
        assertThat(mark.skippedBy(5)).isEqualTo(2);
        mark = mark.with(5, 0);
        assertThat(mark.arrival(6)).isEqualTo(Arrival.IN_ORDER);
        assertThat(mark.arrival(4)).isEqualTo(Arrival.LATE);
        assertThat(mark.skippedBy(4)).isZero();
        assertThat(mark.with(4, 0).with(3, 0)).isEqualTo(new StreamMark(5, List.of(), 0));
    }

    @Test
    void whatWasSeenIsKnownAgain() {
        var mark = seen(1, 2, 5, 6, 9);
        assertThat(mark.beyond()).containsExactly(new Range(5, 6), new Range(9, 9));
        for (long sequence : new long[] {1, 2, 5, 6, 9}) {
            assertThat(mark.arrival(sequence)).isEqualTo(Arrival.REPEATED);
            assertThat(mark.with(sequence, 0)).isEqualTo(mark);
        }
    }

    @Test
    void theFirstGapIsGivenUpWhenThereAreTooMany() {
        var mark = StreamMark.NONE;
        for (int i = 1; i <= StreamMark.RANGES_MAX + 1; i++) {
            mark = mark.with(i * 2L, 0);
        }
        assertThat(mark.beyond()).hasSize(StreamMark.RANGES_MAX);
        assertThat(mark.contiguous()).isEqualTo(2);
        assertThat(mark.arrival(3)).isEqualTo(Arrival.LATE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_260_101})
    void itAgreesWithASetOfNumbers(long seed) {
        var random = new Random(seed);
        var model = new TreeSet<Long>();
        var mark = StreamMark.NONE;
        for (int step = 0; step < 2_000; step++) {
            long sequence = Math.max(1, mark.highest() + random.nextInt(6) - 3);
            boolean known = model.contains(sequence);
            boolean repeated = mark.arrival(sequence) == Arrival.REPEATED;
            // A gap that was given up counts as seen; nothing that was seen counts as new.
            assertThat(repeated || !known).as("step %d, seed %d", step, seed).isTrue();
            if (mark.beyond().size() < StreamMark.RANGES_MAX && sequence > mark.contiguous()) {
                assertThat(repeated).as("step %d, seed %d", step, seed).isEqualTo(known);
            }
            mark = mark.with(sequence, step);
            model.add(sequence);
            assertThat(mark.highest()).isEqualTo(model.last());
        }
    }

    private static StreamMark seen(long... sequences) {
        var mark = StreamMark.NONE;
        for (long sequence : sequences) {
            mark = mark.with(sequence, 0);
        }
        return mark;
    }
}
