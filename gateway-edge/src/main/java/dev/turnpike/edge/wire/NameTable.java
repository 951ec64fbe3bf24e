package dev.turnpike.edge.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A few names that are looked for in JSON, found without a string being made of what stands there.
 */
final class NameTable {
    private final List<List<String>> byLength = new ArrayList<>();

    private NameTable() {}

    /**
     * @param names in ASCII
     */
    static NameTable of(String... names) {
        var table = new NameTable();
        for (var name : names) {
            while (table.byLength.size() <= name.length()) {
                table.byLength.add(new ArrayList<>(1));
            }
            table.byLength.get(name.length()).add(name);
        }
        return table;
    }

    /**
     * The name that stands between two quotes, however it is escaped; null when it is none of
     * these.
     */
    @Nullable String find(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] == '\\') {
                var decoded = JsonText.decode(json, from, to);
                return of(decoded.length()).contains(decoded) ? decoded : null;
            }
        }
        var candidates = of(to - from);
        for (int i = 0; i < candidates.size(); i++) {
            if (JsonText.is(json, from, to, candidates.get(i))) {
                return candidates.get(i);
            }
        }
        return null;
    }

    /** Whether one of these names stands between two quotes. */
    boolean holds(byte[] json, int from, int to) {
        return find(json, from, to) != null;
    }

    private List<String> of(int length) {
        return length < byLength.size() ? byLength.get(length) : List.of();
    }
}
