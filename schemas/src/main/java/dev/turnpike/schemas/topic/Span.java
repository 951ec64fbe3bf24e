package dev.turnpike.schemas.topic;

/**
 * Neighbouring records of one partition.
 *
 * @param from offset of the first
 * @param to offset behind the last
 */
public record Span(int partition, long from, long to) {
    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return from >= to;
    }

    /** What is left of it from {@code offset} on. */
    public Span from(long offset) {
        return new Span(partition, Math.max(from, offset), to);
    }
}
