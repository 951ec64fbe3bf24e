package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentRecordsTest {
    private final RecentRecords recent = new RecentRecords();

    @Test
    void recordsComeBackInOrderUpToTheBounds() {
        add(1, 10);

        assertThat(recent.from(3, 4, 1_000))
                .extracting(JournalRecord::position)
                .containsExactly(3L, 4L, 5L, 6L);
        assertThat(recent.from(3, 4, 15)).hasSize(2);
        assertThat(recent.from(3, 4, 1)).hasSize(1);
        assertThat(recent.from(11, 4, 1_000)).isEmpty();
    }

    @Test
    void theOldestGoesFirst() {
        add(1, RecentRecords.MAX + 5);

        assertThat(recent.from(5, 1, 1)).isEmpty();
        assertThat(recent.from(6, 1, 1)).extracting(JournalRecord::position).containsExactly(6L);
        assertThat(recent.from(6, 10_000, 1L << 30)).hasSize(RecentRecords.MAX);
    }

    @Test
    void aGapForgetsWhatWasBefore() {
        add(1, 10);
        add(13, 14);

        assertThat(recent.from(9, 10, 1_000)).isEmpty();
        assertThat(recent.from(12, 10, 1_000)).isEmpty();
        assertThat(recent.from(13, 10, 1_000)).hasSize(2);
    }

    @Test
    void whatKafkaHasIsForgottenAndTheRestGoesOn() {
        add(1, 10);
        recent.forget(7);
        assertThat(recent.from(7, 10, 1_000)).isEmpty();
        assertThat(recent.from(8, 10, 1_000)).hasSize(3);

        recent.forget(3);
        recent.forget(10);
        assertThat(recent.from(10, 10, 1_000)).isEmpty();
        add(11, 12);
        assertThat(recent.from(11, 10, 1_000)).hasSize(2);
    }

    private void add(long from, long to) {
        LongStream.rangeClosed(from, to)
                .forEach(position ->
                        recent.add(
                                new JournalRecord(
                                        position, Facts.NOON, 0, new byte[1], new byte[10])));
    }
}
