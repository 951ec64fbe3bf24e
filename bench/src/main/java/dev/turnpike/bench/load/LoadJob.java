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
 * @param varied text of path or key in whose place each request has, by chance, a line of {@code
 *     variantsFile}; empty for requests that are all the same
 * @param variantsFile a file of lines as long as {@code varied}
 * @param turnMillis if not 0, by chance about half of all stretches of so long have requests that
 *     are all the same; for {@link Kind#OPEN} only
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
        String varied,
        String variantsFile,
        long turnMillis) {
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
                "",
                "",
                0);
    }

    /** The same with a line of {@code file} in place of {@code text} in each request. */
    public LoadJob varying(String text, Path file) {
        return new LoadJob(
                kind,
                port,
                connections,
                rate,
                millis,
                path,
                body,
                key,
                text,
                file.toString(),
                turnMillis);
    }

    /** The same, but varied in some stretches of {@code length} only, and not in the others. */
    public LoadJob inTurnsOf(Duration length) {
        return new LoadJob(
                kind,
                port,
                connections,
                rate,
                millis,
                path,
                body,
                key,
                varied,
                variantsFile,
                length.toMillis());
    }

    /** The same for another time. */
    public LoadJob lasting(Duration length) {
        return new LoadJob(
                kind,
                port,
                connections,
                rate,
                length.toMillis(),
                path,
                body,
                key,
                varied,
                variantsFile,
                turnMillis);
    }

    /** The same in a closed loop, whatever the rate. */
    public LoadJob asFastAsAnswered() {
        return new LoadJob(
                Kind.CLOSED,
                port,
                connections,
                0,
                millis,
                path,
                body,
                key,
                varied,
                variantsFile,
                0);
    }

    /** Whether answers are to be streams. */
    boolean streams() {
        return kind == Kind.STREAMS;
    }
}
