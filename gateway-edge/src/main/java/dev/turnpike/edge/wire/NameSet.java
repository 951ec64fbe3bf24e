package dev.turnpike.edge.wire;

import java.util.Arrays;

/**
 * Remembers which names were seen in which object. It keeps 64-bit hashes only: two equal names
 * always meet, and two different names that meet harm nobody but the sender who took the trouble.
 */
final class NameSet {
    /** Names in one document. */
    static final int NAMES_MAX = 100_000;

    /** Longest run of occupied places; longer ones are made on purpose. */
    private static final int PROBES_MAX = 64;

    private static final int PLACES_PER_NAME = 4;

    /** The names of an ordinary request are listed; a table is made when there are more. */
    private static final int LISTED_MAX = 16;

    /** Room for the objects that are open in one; deeper ones make more. */
    private static final int DEPTH_FIRST = 8;

    private long[] places = new long[LISTED_MAX];
    private int[] objects = new int[DEPTH_FIRST];
    private int objectCount;
    private int count;

    /** What {@link #add} found. */
    enum Added {
        NEW,
        DUPLICATE,
        FULL
    }

    /** An object begins at {@code depth}; what was there before it is over. */
    void open(int depth) {
        if (depth >= objects.length) {
            objects = Arrays.copyOf(objects, Math.max(2 * objects.length, depth + 1));
        }
        objects[depth] = ++objectCount;
    }

    /** Adds a name of the object that is open at {@code depth}. */
    Added add(int depth, long nameHash) {
        if (count == NAMES_MAX) {
            return Added.FULL;
        }
        long mixed = mix(nameHash + objects[depth] * 0x9e3779b97f4a7c15L);
        long key = mixed == 0 ? 1 : mixed;
        if (count < LISTED_MAX) {
            return list(key);
        }
        if ((count + 1) * PLACES_PER_NAME > places.length && !grow()) {
            return Added.FULL;
        }
        var added = put(places, key);
        if (added == Added.NEW) {
            count++;
        }
        return added;
    }

    private Added list(long key) {
        for (int i = 0; i < count; i++) {
            if (places[i] == key) {
                return Added.DUPLICATE;
            }
        }
        places[count++] = key;
        return Added.NEW;
    }

    private static Added put(long[] table, long key) {
        int mask = table.length - 1;
        int at = (int) key & mask;
        for (int probe = 0; probe < PROBES_MAX; probe++) {
            long there = table[at];
            if (there == 0) {
                table[at] = key;
                return Added.NEW;
            }
            if (there == key) {
                return Added.DUPLICATE;
            }
            at = (at + 1) & mask;
        }
        return Added.FULL;
    }

    private boolean grow() {
        var larger = new long[2 * PLACES_PER_NAME * Integer.highestOneBit(count)];
        for (long key : places) {
            if (key != 0 && put(larger, key) == Added.FULL) {
                return false;
            }
        }
        places = larger;
        return true;
    }

    static long hash(byte[] bytes, int from, int to) {
        long hash = 0xcbf29ce484222325L;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
