package dev.turnpike.bench.speed;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How much is measured.
 *
 * @param rounds of nginx and edge, in turns
 * @param seconds of each round
 * @param connections of the closed and of the open loop
 * @param streams open at once; 0 leaves them out
 * @param starts of the edge; the last one serves the load
 * @param changes written to the control state; 0 leaves them out
 * @param webhookRequests sent through the whole installation; 0 leaves it out
 * @param recording where a flight recording of the edge goes; it costs speed
 */
public record Plan(
        int rounds,
        int seconds,
        int connections,
        int streams,
        int starts,
        int changes,
        int webhookRequests,
        Optional<Path> recording) {
    /** Chunks of a slow stream, one each 100 ms, so that a stream lasts as long as a round. */
    int chunks() {
        return Math.max(10, 10 * seconds);
    }
}
