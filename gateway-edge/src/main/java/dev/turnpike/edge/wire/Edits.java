package dev.turnpike.edge.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Replacements of byte ranges, so that everything outside them stays byte for byte. Ranges may be
 * added in any order; where two overlap, the one that begins later loses its overlapping part.
 */
public final class Edits {
    private static final byte[] NOTHING = {};

    /** The model, and perhaps an option or what is missing in a head. */
    private static final int COUNT_FIRST = 4;

    private int[] froms = new int[COUNT_FIRST];
    private int[] tos = new int[COUNT_FIRST];
    private byte[][] texts = new byte[COUNT_FIRST][];
    private final int countMax;
    private int count;
    private boolean overflown;

    /** Holds as many as the source gives reason for. */
    public Edits() {
        this(Integer.MAX_VALUE);
    }

    /**
     * @param countMax most replacements: further ones are not kept, and {@link #overflown} tells
     */
    Edits(int countMax) {
        this.countMax = countMax;
    }

    /** Whether some were not kept, so that what would be written is of no use. */
    boolean overflown() {
        return overflown;
    }

    /** Forgets all. */
    public void clear() {
        count = 0;
        overflown = false;
    }

    boolean isEmpty() {
        return count == 0;
    }

    void remove(int from, int to) {
        replace(from, to, NOTHING);
    }

    void insert(int at, byte[] text) {
        replace(at, at, text);
    }

    void replace(int from, int to, byte[] text) {
        if (count == countMax) {
            overflown = true;
            return;
        }
        if (count == froms.length) {
            froms = Arrays.copyOf(froms, 2 * count);
            tos = Arrays.copyOf(tos, 2 * count);
            texts = Arrays.copyOf(texts, 2 * count);
        }
        int i = count++;
        // Edits come nearly sorted, so that this seldom moves anything.
        while (i > 0 && froms[i - 1] > from) {
            froms[i] = froms[i - 1];
            tos[i] = tos[i - 1];
            texts[i] = texts[i - 1];
            i--;
        }
        froms[i] = from;
        tos[i] = to;
        texts[i] = text;
    }

    /** Writes {@code from..to} of {@code source} with the edits done. */
    public void write(byte[] source, int from, int to, RelaySink sink) throws IOException {
        int done = from;
        for (int i = 0; i < count; i++) {
            if (froms[i] > done) {
                sink.write(source, done, froms[i] - done);
            }
            if (texts[i].length > 0) {
                sink.write(texts[i], 0, texts[i].length);
            }
            done = Math.max(done, tos[i]);
        }
        if (to > done) {
            sink.write(source, done, to - done);
        }
    }

    /** The same as slices that share {@code source}. */
    public List<ByteSlice> slices(byte[] source, int from, int to) {
        var slices = new ArrayList<ByteSlice>(2 * count + 1);
        try {
            write(
                    source,
                    from,
                    to,
                    (bytes, offset, length) -> slices.add(new ByteSlice(bytes, offset, length)));
        } catch (IOException e) {
            throw new IllegalStateException("a list does not fail", e);
        }
        return slices;
    }
}
