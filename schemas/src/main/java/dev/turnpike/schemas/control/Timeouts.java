package dev.turnpike.schemas.control;

/**
 * Deadlines of one attempt at a target, in milliseconds.
 *
 * @param connectMillis until the connection stands, name look-up and TLS included
 * @param firstByteMillis from the last request byte to the first response byte
 * @param idleMillis between two response bytes
 * @param totalMillis for the whole attempt
 */
public record Timeouts(int connectMillis, int firstByteMillis, int idleMillis, int totalMillis) {
    public static final Timeouts DEFAULT = new Timeouts(5_000, 120_000, 120_000, 600_000);
}
