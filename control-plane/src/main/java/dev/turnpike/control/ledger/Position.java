package dev.turnpike.control.ledger;

import dev.turnpike.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A place in all partitions of a topic.
 *
 * @param offsets of the next record of each partition, zero or more
 */
public record Position(List<Long> offsets) {
    private static final int RADIX = 36;

    /**
     * @throws IllegalArgumentException unless there is one offset for each partition
     */
    public Position {
        offsets = List.copyOf(offsets);
        if (offsets.size() != Topics.PARTITIONS || offsets.stream().anyMatch(o -> o < 0)) {
            throw new IllegalArgumentException("not a position: " + offsets);
        }
    }

    /** A short text that {@link #parse} reads. */
    public String text() {
        return offsets.stream().map(o -> Long.toString(o, RADIX)).collect(Collectors.joining("."));
    }

    /** The position of a text, or empty when it is none. Never throws. */
    public static Optional<Position> parse(String text) {
        var offsets = new ArrayList<Long>(Topics.PARTITIONS);
        try {
            for (var part : text.split("\\.", Topics.PARTITIONS + 1)) {
                offsets.add(Long.parseLong(part, RADIX));
            }
            return Optional.of(new Position(offsets));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
