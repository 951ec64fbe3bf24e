package dev.turnpike.usage.domain;

import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.usage.UsageTotal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Arithmetic of one counter. The contributions of a total always add up to {@code used + reserved}.
 */
public final class Totals {
    /** Streams that one total names; the dead and the small among more are added together. */
    public static final int CONTRIBUTIONS_MAX = 64;

    /** The contribution that stands for streams no longer named; no stream has this name. */
    public static final String OTHERS = "*";

    private Totals() {}

    /** What the running request of {@code charge} holds beyond what it surely used. */
    static long outstanding(Charge charge) {
        return Math.max(0, charge.reserved() - charge.actual());
    }

    /** The total of a counter that nothing was charged to. */
    public static UsageTotal zero(Charge charge) {
        return new UsageTotal(
                charge.groupId(),
                charge.slug(),
                charge.type(),
                charge.unit(),
                charge.window(),
                0,
                0,
                Map.of());
    }

    /** The total after {@code stream} changed its part of it. */
    static UsageTotal moved(UsageTotal total, String stream, long used, long reserved) {
        var contributions = new HashMap<>(total.contributions());
        long change = saturated(used, reserved);
        boolean unnamed = !contributions.containsKey(stream) && change < 0;
        contributions.merge(unnamed ? OTHERS : stream, change, Totals::saturated);
        contributions.values().removeIf(amount -> amount == 0);
        while (contributions.size() > CONTRIBUTIONS_MAX) {
            fold(contributions);
        }
        return new UsageTotal(
                total.groupId(),
                total.slug(),
                total.type(),
                total.unit(),
                total.window(),
                saturated(total.used(), used),
                saturated(total.reserved(), reserved),
                contributions);
    }

    /** Adds one stream to the others: an older start of an edge if there is one, else the least. */
    private static void fold(Map<String, Long> contributions) {
        var live =
                contributions.keySet().stream()
                        .filter(stream -> !superseded(stream, contributions))
                        .collect(Collectors.toSet());
        var order =
                Comparator.<String>comparingInt(stream -> live.contains(stream) ? 1 : 0)
                        .thenComparing(
                                s -> live.contains(s) ? contributions.getOrDefault(s, 0L) : 0L)
                        .thenComparing(String::length)
                        .thenComparing(Comparator.naturalOrder());
        var folded =
                contributions.keySet().stream()
                        .filter(stream -> !stream.equals(OTHERS))
                        .min(order)
                        .orElseThrow();
        contributions.merge(OTHERS, contributions.getOrDefault(folded, 0L), Totals::saturated);
        contributions.remove(folded);
    }

    /** Whether the edge of {@code stream} has since started anew. */
    private static boolean superseded(String stream, Map<String, Long> contributions) {
        return contributions.keySet().stream()
                .anyMatch(other -> edge(other).equals(edge(stream)) && later(other, stream));
    }

    private static String edge(String stream) {
        int slash = stream.lastIndexOf('/');
        return slash < 0 ? stream : stream.substring(0, slash);
    }

    /** Incarnations are decimal counters: the longer is the later. */
    private static boolean later(String a, String b) {
        return a.length() != b.length() ? a.length() > b.length() : a.compareTo(b) > 0;
    }

    /** Holds at the ends of a long: a limit that is full stays full. */
    private static long saturated(long a, long b) {
        long sum = a + b;
        boolean overflow = ((a ^ sum) & (b ^ sum)) < 0;
        if (!overflow) {
            return sum;
        }
        return a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
