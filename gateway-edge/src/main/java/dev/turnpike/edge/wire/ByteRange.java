package dev.turnpike.edge.wire;

/**
 * A range of a body's bytes.
 *
 * @param from first byte
 * @param to one past the last byte
 */
public record ByteRange(int from, int to) {
    public int length() {
        return to - from;
    }
}
