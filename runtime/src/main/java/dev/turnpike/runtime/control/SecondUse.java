package dev.turnpike.runtime.control;

/**
 * Tells keys that were asked for not long ago from those that are asked for once. It forgets a key
 * when enough others have come, and now and then takes a new one for one that it knows. A table of
 * numbers, so that it costs collections nothing. Thread-safe: a race forgets a key.
 */
public final class SecondUse {
    private final int[] notes;

    /**
     * @param keys remembered at most, about; 1 or more
     */
    public SecondUse(int keys) {
        notes = new int[Integer.highestOneBit(keys)];
    }

    /** Whether {@code key} was asked for before; from now on it was. */
    public boolean of(String key) {
        int hash = key.hashCode() * 0x9E3779B9;
        int place = hash >>> 7 & (notes.length - 1);
        boolean again = notes[place] == hash;
        notes[place] = hash;
        return again;
    }
}
