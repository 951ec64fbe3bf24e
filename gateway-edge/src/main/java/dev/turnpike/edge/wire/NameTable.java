package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A few names that are looked for in JSON, found without a string being made of what stands there.
 */
final class NameTable {
    private static final Name[] NONE = {};

    private Name[][] byLength = {};

    private NameTable() {}

    /** A name and how it stands in JSON. */
    private record Name(String text, byte[] ascii) {
        boolean standsAt(byte[] json, int from) {
            for (int i = 0; i < ascii.length; i++) {
                if (json[from + i] != ascii[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * @param names in ASCII
     */
    static NameTable of(String... names) {
        var table = new NameTable();
        for (var name : names) {
            table.add(new Name(name, name.getBytes(StandardCharsets.US_ASCII)));
        }
        return table;
    }

    private void add(Name name) {
        int length = name.ascii.length;
        int lengths = byLength.length;
        if (length >= lengths) {
            byLength = Arrays.copyOf(byLength, length + 1);
            Arrays.fill(byLength, lengths, length + 1, NONE);
        }
        var others = byLength[length];
        byLength[length] = Arrays.copyOf(others, others.length + 1);
        byLength[length][others.length] = name;
    }

    /**
     * The name that stands between two quotes, however it is escaped; null when it is none of
     * these.
     */
    @Nullable String find(byte[] json, int from, int to) {
        for (var name : ofLength(to - from)) {
            if (name.standsAt(json, from)) {
                return name.text;
            }
        }
        for (int i = from; i < to; i++) {
            if (json[i] == '\\') {
                return decoded(JsonText.decode(json, from, to));
            }
        }
        return null;
    }

    private @Nullable String decoded(String text) {
        for (var name : ofLength(text.length())) {
            if (name.text.equals(text)) {
                return name.text;
            }
        }
        return null;
    }

    /** Whether one of these names stands between two quotes. */
    boolean holds(byte[] json, int from, int to) {
        return find(json, from, to) != null;
    }

    private Name[] ofLength(int length) {
        return length < byLength.length ? byLength[length] : NONE;
    }
}
