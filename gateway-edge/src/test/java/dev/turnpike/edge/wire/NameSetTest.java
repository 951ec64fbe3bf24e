package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.wire.NameSet.Added;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NameSetTest {
    private final NameSet names = new NameSet();

    @Test
    void everyNameIsRememberedHoweverManyCome() {
        names.open(1);
        for (int i = 0; i < NameSet.NAMES_MAX; i++) {
            assertThat(add(1, "n" + i)).isEqualTo(Added.NEW);
            assertThat(add(1, "n" + i / 2)).isNotEqualTo(Added.NEW);
        }
        assertThat(add(1, "one more")).isEqualTo(Added.FULL);
    }

    @Test
    void namesAreOfTheirObjectAlone() {
        names.open(1);
        assertThat(add(1, "role")).isEqualTo(Added.NEW);
        names.open(2);
        assertThat(add(2, "role")).isEqualTo(Added.NEW);
        names.open(2);
        assertThat(add(2, "role")).isEqualTo(Added.NEW);
        assertThat(add(2, "role")).isEqualTo(Added.DUPLICATE);
        assertThat(add(1, "role")).isEqualTo(Added.DUPLICATE);
    }

    @Test
    void objectsMayBeAsDeepAsACursorGoes() {
        for (int depth = 1; depth <= JsonCursor.DEPTH_MAX; depth++) {
            names.open(depth);
            assertThat(add(depth, "a")).isEqualTo(Added.NEW);
        }
        for (int depth = 1; depth <= JsonCursor.DEPTH_MAX; depth++) {
            assertThat(add(depth, "a")).as("depth %d", depth).isEqualTo(Added.DUPLICATE);
        }
    }

    /** Names whose hashes all want the same place: no search gets longer than is allowed. */
    @Test
    void namesMadeToMeetAreRefusedBeforeTheyCostMuch() {
        names.open(1);
        long hash = 0;
        int taken = 0;
        while (taken < 1_000 && names.add(1, unmixed(hash++ << 20)) == Added.NEW) {
            taken++;
        }
        assertThat(taken).isEqualTo(64);
    }

    /** What is mixed to {@code key} in the first object. */
    private static long unmixed(long key) {
        long z = key + 1; // The low bits choose the place: all the same here.
        z ^= (z >>> 31) ^ (z >>> 62);
        z *= inverse(0x94d049bb133111ebL);
        z ^= (z >>> 27) ^ (z >>> 54);
        z *= inverse(0xbf58476d1ce4e5b9L);
        z ^= (z >>> 30) ^ (z >>> 60);
        return z - 0x9e3779b97f4a7c15L;
    }

    /** By Newton, modulo 2^64. */
    private static long inverse(long odd) {
        long inverse = odd;
        for (int i = 0; i < 6; i++) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }

    private Added add(int depth, String name) {
        var bytes = name.getBytes(StandardCharsets.UTF_8);
        return names.add(depth, NameSet.hash(bytes, 0, bytes.length));
    }
}
