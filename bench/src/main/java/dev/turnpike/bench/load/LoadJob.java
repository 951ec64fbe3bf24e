package dev.turnpike.bench.load;

/**
 * One piece of load. Every server is asked by {@code POST /v1/chat/completions} on loopback.
 *
 * @param port of the server on loopback
 * @param connections open at once
 * @param rate requests per second, for {@link Kind#OPEN} only
 * @param millis how long requests are started, for loops only
 * @param model the model asked for
 * @param key the bearer key
 */
public record LoadJob(
        Kind kind, int port, int connections, int rate, long millis, String model, String key) {
    /** How requests follow each other. */
    public enum Kind {
        /** Each connection asks again as soon as it was answered. */
        CLOSED,
        /** Requests are due at fixed times, whatever the server does. */
        OPEN,
        /** One stream on each connection, started one after the other. */
        STREAMS
    }

    /** Whether answers are to be streams. */
    boolean streams() {
        return kind == Kind.STREAMS;
    }
}
