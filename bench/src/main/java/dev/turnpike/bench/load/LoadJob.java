package dev.turnpike.bench.load;

import java.nio.file.Path;
import java.time.Duration;

/**
 * One piece of load on a server on loopback.
 *
 * @param port of the server on loopback
 * @param connections open at once
 * @param rate requests per second, for {@link Kind#OPEN} only
 * @param millis how long requests are started, for loops only
 * @param path where JSON is posted to
 * @param body the JSON, ASCII
 * @param key the bearer key
 * @param variation in what requests differ
 */
public record LoadJob(
        Kind kind,
        int port,
        int connections,
        int rate,
        long millis,
        String path,
        String body,
        String key,
        Variation variation) {
    private static final String PROMPT = "Say in a few words what a turnpike is and who pays. ";

    /** How requests follow each other. */
    public enum Kind {
        /** Each connection asks again as soon as it was answered. */
        CLOSED,
        /** Requests are due at fixed times, whatever the server does. */
        OPEN,
        /** One stream on each connection, started one after the other. */
        STREAMS
    }

    /** Asks a model, always the same, with one key. */
    public static LoadJob chat(
            Kind kind, int port, int connections, int rate, long millis, String model, String key) {
        var body =
                """
                {"model":"%s","messages":[{"role":"system","content":"You are brief."},\
                {"role":"user","content":"%s"}],"max_tokens":64,"temperature":0.2%s}\
                """
                        .formatted(model, PROMPT, kind == Kind.STREAMS ? ",\"stream\":true" : "");
        return new LoadJob(
                kind,
                port,
                connections,
                rate,
                millis,
                "/v1/chat/completions",
                body,
                key,
                Variation.NONE);
    }

    /** The same with a line of {@code file} in place of {@code text} in each request. */
    public LoadJob varying(String text, Path file) {
        return with(kind, rate, millis, Variation.of(text, file));
    }

    /** The same, but varied in some stretches of {@code length} only, and not in the others. */
    public LoadJob inTurnsOf(Duration length) {
        return with(kind, rate, millis, variation.inTurnsOf(length));
    }

    /** The same for another time. */
    public LoadJob lasting(Duration length) {
        return with(kind, rate, length.toMillis(), variation);
    }

    /** The same in a closed loop, whatever the rate. */
    public LoadJob asFastAsAnswered() {
        return with(Kind.CLOSED, 0, millis, variation);
    }

    private LoadJob with(Kind as, int perSecond, long lasting, Variation varied) {
        return new LoadJob(as, port, connections, perSecond, lasting, path, body, key, varied);
    }

    /** Whether answers are to be streams. */
    boolean streams() {
        return kind == Kind.STREAMS;
    }
}
