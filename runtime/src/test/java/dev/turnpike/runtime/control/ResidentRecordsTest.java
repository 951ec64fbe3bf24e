package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ResidentRecordsTest {
    private static final byte[] OLD = {1, 2};
    private static final byte[] NEW = {3, 4, 5};
    private static final long RECORD = ResidentRecords.cost("k0", OLD);

    private final ResidentRecords records = new ResidentRecords(10 * RECORD);

    @Test
    void aChangeReplacesWhatWasThereAndADeletionTakesItAway() {
        records.changed("k0", OLD);
        records.changed("k0", NEW);
        assertThat(records.get("k0")).isEqualTo(NEW);
        assertThat(records.bytes()).isEqualTo(RECORD + 1);

        records.changed("k0", null);
        assertThat(records.get("k0")).isNull();
        assertThat(records.bytes()).isZero();
    }

    @Test
    void whatTheCopyHadBeforeAChangeDoesNotComeBack() {
        records.beginOffers();
        records.changed("k0", NEW);
        records.changed("k1", null);

        assertThat(records.offer("k0", OLD)).isTrue();
        assertThat(records.offer("k1", OLD)).isTrue();
        assertThat(records.offer("k2", OLD)).isTrue();

        assertThat(records.get("k0")).isEqualTo(NEW);
        assertThat(records.get("k1")).isNull();
        assertThat(records.get("k2")).isEqualTo(OLD);
    }

    @Test
    void nothingIsOfferedBeforeItBeginsOrAfterItEnds() {
        assertThat(records.offer("k0", OLD)).isFalse();
        records.beginOffers();
        records.endOffers();
        assertThat(records.offer("k0", OLD)).isFalse();
    }

    @Test
    void moreChangesThanAreRememberedEndTheOffers() {
        records.beginOffers();
        for (int i = 0; i <= ResidentRecords.CHANGED_MAX; i++) {
            records.changed("gone" + i, null);
        }

        assertThat(records.offer("gone0", OLD)).isFalse();
        assertThat(records.get("gone0")).isNull();
    }

    @Test
    void whatHasNoRoomIsNotKeptAndTakesNothingOldForIt() {
        for (int i = 0; i < 10; i++) {
            records.changed("k" + i, OLD);
        }
        records.changed("k0", new byte[(int) (2 * RECORD)]);
        assertThat(records.get("k0")).isNull();
        assertThat(records.bytes()).isEqualTo(9 * RECORD);

        records.beginOffers();
        assertThat(records.offer("ka", OLD)).isTrue();
        assertThat(records.offer("kb", OLD)).isFalse();
        assertThat(records.get("kb")).isNull();
        assertThat(records.bytes()).isEqualTo(10 * RECORD);
    }

    @Test
    void manyRecordsOfAnySizeAreFoundAgain() {
        var many = new ResidentRecords(64 << 20);
        int count = 60_000;
        for (int i = 0; i < count; i++) {
            many.changed("key/" + i, value(i, i % 600));
        }
        for (int i = 0; i < count; i += 3) {
            many.changed("key/" + i, i % 2 == 0 ? value(i, 900 - i % 600) : null);
        }

        for (int i = 0; i < count; i++) {
            boolean changed = i % 3 == 0;
            var expected = value(i, changed ? 900 - i % 600 : i % 600);
            assertThat(many.get("key/" + i)).isEqualTo(changed && i % 2 != 0 ? null : expected);
        }
    }

    @Test
    void withoutMemoryRecordsHaveNoRoomAndWhatIsThereStaysRight() {
        long memory = 8 << 20;
        var few = new ResidentRecords(1L << 30, memory);
        int tried = 60_000;
        for (int i = 0; i < tried; i++) {
            few.changed("key/" + i, value(i, 300));
        }
        long most = few.bytes();
        assertThat(most).isBetween(memory / 4, memory);

        for (int i = 0; i < tried; i += 2) {
            few.changed("key/" + i, null);
            few.changed("new/" + i, value(-i, i % 500));
        }
        int kept = 0;
        for (int i = 0; i < tried; i++) {
            var old = few.get("key/" + i);
            var added = few.get("new/" + i);
            if (old != null) {
                assertThat(old).isEqualTo(value(i, 300));
                assertThat(i % 2).isEqualTo(1);
            }
            if (added != null) {
                assertThat(added).isEqualTo(value(-i, i % 500));
                kept++;
            }
        }
        assertThat(kept).as("room is used again").isPositive();
        assertThat(few.bytes()).isLessThanOrEqualTo(most);
    }

    private static byte[] value(int number, int length) {
        return ByteBuffer.allocate(Integer.BYTES + length).putInt(number).array();
    }

    /** One follows the log, one reads the copy, and two ask. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nobodyFindsWhatWasChangedBeforeHeAsked() throws Exception {
        int keys = 64;
        int rounds = 3_000;
        var all = new ResidentRecords(1 << 20);
        var visible = new AtomicLongArray(keys);
        var offered = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(4)) {
            all.beginOffers();
            var follower =
                    threads.submit(() -> {
                        for (int round = 1; round <= rounds; round++) {
                            for (int key = 0; key < keys; key++) {
                                all.changed("k" + key, (round + key) % 5 == 0 ? null : at(round));
                                visible.set(key, round);
                            }
                        }
                    });
            var copy =
                    threads.submit(() -> {
                        for (int i = 0; i < rounds; i++) {
                            IntStream.range(0, keys).forEach(key -> all.offer("k" + key, at(0)));
                        }
                        offered.countDown();
                    });
            var readers =
                    IntStream.range(0, 2)
                            .<Future<?>>mapToObj(i ->
                                    threads.submit(() -> {
                                        for (int n = 0;
                                                offered.getCount() > 0 || !follower.isDone();
                                                n++) {
                                            int key = n % keys;
                                            long before = visible.get(key);
                                            var found = all.get("k" + key);
                                            if (found != null) {
                                                assertThat(ByteBuffer.wrap(found).getLong())
                                                        .isGreaterThanOrEqualTo(before);
                                            }
                                        }
                                    }))
                            .toList();
            follower.get();
            copy.get();
            for (var reader : readers) {
                reader.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
        for (int key = 0; key < keys; key++) {
            assertThat(all.get("k" + key)).isEqualTo((rounds + key) % 5 == 0 ? null : at(rounds));
        }
    }

    private static byte[] at(long round) {
        return ByteBuffer.allocate(Long.BYTES).putLong(round).array();
    }
}
