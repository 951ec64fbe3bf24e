package dev.turnpike.usage.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * Which sequence numbers of one stream have been seen in one partition: all up to {@code
 * contiguous}, and the ranges beyond it. Immutable.
 *
 * @param contiguous every number from 1 up to here has been seen or given up
 * @param beyond ranges seen after a gap, ascending, disjoint and not adjacent, at most {@value
 *     #RANGES_MAX}
 * @param touchedMillis when it last changed, in stream time
 */
public record StreamMark(long contiguous, List<Range> beyond, long touchedMillis) {
    /** Ranges kept beyond the first gap; when there are more, the first gap is given up. */
    public static final int RANGES_MAX = 64;

    /** A stream of which nothing has been seen. */
    public static final StreamMark NONE = new StreamMark(0, List.of(), 0);

    public StreamMark {
        beyond = List.copyOf(beyond);
    }

    /** Numbers {@code first} to {@code last}, both included. */
    public record Range(long first, long last) {}

    /** What a number says about its record. */
    public enum Arrival {
        /** It is the next one. */
        IN_ORDER,
        /** Numbers before it are missing. */
        AFTER_GAP,
        /** It was missing and has now come. */
        LATE,
        /** It has been seen before. */
        REPEATED
    }

    /** The greatest number seen; 0 when none was. */
    public long highest() {
        return beyond.isEmpty() ? contiguous : beyond.getLast().last();
    }

    /** What the arrival of {@code sequence} means; the mark itself does not change. */
    public Arrival arrival(long sequence) {
        if (sequence <= contiguous || beyond.stream().anyMatch(r -> holds(r, sequence))) {
            return Arrival.REPEATED;
        }
        if (sequence < highest()) {
            return Arrival.LATE;
        }
        return sequence == highest() + 1 ? Arrival.IN_ORDER : Arrival.AFTER_GAP;
    }

    /** How many numbers are skipped if {@code sequence} comes now. */
    public long skippedBy(long sequence) {
        return Math.max(0, sequence - highest() - 1);
    }

    /** The mark once {@code sequence} has been seen as well. */
    public StreamMark with(long sequence, long nowMillis) {
        if (arrival(sequence) == Arrival.REPEATED) {
            return new StreamMark(contiguous, beyond, nowMillis);
        }
        var ranges = new ArrayList<Range>(beyond.size() + 2);
        ranges.add(new Range(0, contiguous));
        boolean placed = false;
        for (var range : beyond) {
            if (!placed && sequence < range.first()) {
                append(ranges, new Range(sequence, sequence));
                placed = true;
            }
            append(ranges, range);
        }
        if (!placed) {
            append(ranges, new Range(sequence, sequence));
        }
        int from = ranges.size() - 1 > RANGES_MAX ? 1 : 0;
        return new StreamMark(
                ranges.get(from).last(), ranges.subList(from + 1, ranges.size()), nowMillis);
    }

    private static void append(List<Range> ranges, Range next) {
        var last = ranges.getLast();
        if (last.last() + 1 == next.first()) {
            ranges.set(ranges.size() - 1, new Range(last.first(), next.last()));
        } else {
            ranges.add(next);
        }
    }

    private static boolean holds(Range range, long sequence) {
        return range.first() <= sequence && sequence <= range.last();
    }
}
