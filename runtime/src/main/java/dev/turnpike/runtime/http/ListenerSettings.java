package dev.turnpike.runtime.http;

import dev.turnpike.runtime.config.Settings;
import java.time.Duration;
import java.util.Map;

/**
 * Where a listener listens and what it accepts.
 *
 * @param host address to bind
 * @param port TCP port; 0 picks a free one
 * @param bodyBytesMax largest request body
 * @param headerBytesMax largest request head after the first line
 * @param connectionsMax open connections; more wait in the backlog
 * @param requestsMax requests at work at once; more get 503
 * @param headTime how long a request's head may take from its first byte to its last
 * @param idleTimeout how long an idle connection stays open
 * @param drainTime how long running requests may go on after a stop
 */
public record ListenerSettings(
        String host,
        int port,
        long bodyBytesMax,
        int headerBytesMax,
        int connectionsMax,
        int requestsMax,
        Duration headTime,
        Duration idleTimeout,
        Duration drainTime) {
    private static final long BODY_BYTES_DEFAULT = 8L << 20;

    /** Loopback on a free port with everything else at its default; what tests use. */
    public static ListenerSettings local() {
        return read(Settings.of(Map.of("local.port", "0")), "local", 0);
    }

    /** The same with bodies of another size. */
    public ListenerSettings withBodyBytesMax(long bytes) {
        return new ListenerSettings(
                host,
                port,
                bytes,
                headerBytesMax,
                connectionsMax,
                requestsMax,
                headTime,
                idleTimeout,
                drainTime);
    }

    /** Reads the settings below {@code prefix}, such as {@code control}. */
    public static ListenerSettings read(Settings settings, String prefix, int defaultPort) {
        return read(settings, prefix, defaultPort, BODY_BYTES_DEFAULT);
    }

    /** The same where bodies are of another size, as those of models are. */
    public static ListenerSettings read(
            Settings settings, String prefix, int defaultPort, long defaultBodyBytes) {
        return new ListenerSettings(
                settings.text(prefix + ".host", "127.0.0.1", "Address to listen on."),
                settings.integer(
                        prefix + ".port", 0, 65_535, defaultPort, "TCP port; 0 picks a free one."),
                settings.bytes(
                        prefix + ".body-bytes-max",
                        1L << 10,
                        Json.BYTES_MAX,
                        defaultBodyBytes,
                        "Largest request body."),
                (int)
                        settings.bytes(
                                prefix + ".header-bytes-max",
                                1L << 10,
                                1L << 20,
                                16L << 10,
                                "Largest request head."),
                settings.integer(
                        prefix + ".connections-max",
                        1,
                        1_000_000,
                        20_000,
                        "Open connections; more wait to be accepted."),
                settings.integer(
                        prefix + ".requests-max",
                        1,
                        1_000_000,
                        10_000,
                        "Requests at work at once; more are answered 503."),
                settings.duration(
                        prefix + ".head-time",
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10),
                        ReadWatch.HEAD_MAX,
                        "How long a request's head may take from its first byte to its last."),
                settings.duration(
                        prefix + ".idle-timeout",
                        Duration.ofSeconds(1),
                        Duration.ofHours(24),
                        Duration.ofMinutes(6),
                        "How long an idle connection stays open."),
                settings.duration(
                        prefix + ".drain-time",
                        Duration.ofMillis(1),
                        Duration.ofHours(1),
                        Duration.ofSeconds(20),
                        "How long running requests may go on after a stop."));
    }
}
