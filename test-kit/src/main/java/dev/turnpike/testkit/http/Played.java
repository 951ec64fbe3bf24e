package dev.turnpike.testkit.http;

/**
 * How far an answer came.
 *
 * @param status last status line written; 0 when none was
 * @param bytes written to the socket
 * @param pieces writes of body data
 * @param tokens generated, as the steps written so far say
 */
public record Played(Ending ending, int status, long bytes, int pieces, int tokens) {
    /** Why an answer is over. */
    public enum Ending {
        /** Everything was written and the body ended as announced. */
        WHOLE,
        /** The script itself broke off. */
        CUT,
        /** The peer closed before the end. */
        PEER_CLOSED,
        /** The server was stopped. */
        STOPPED
    }
}
