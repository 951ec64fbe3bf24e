package dev.turnpike.edge.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators of upstreams that no connection can be made to, a certificate that is not
 * believed among the reasons: no client is told. For each origin it says so at most once in {@link
 * #QUIET}, with how many more there were, and once when a connection is made again. Thread-safe.
 */
final class ConnectLog {
    /** How long nothing more is said of an origin's failures. */
    static final Duration QUIET = Duration.ofMinutes(10);

    /** Origins whose failures are remembered. */
    static final int ORIGINS_MAX = 1_000;

    /** Longest reason that is written, in characters. */
    static final int REASON_CHARS_MAX = 300;

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectLog.class);

    /** Where the lines go. */
    interface Lines {
        /**
         * @param more failures that were not said since the last line
         */
        void failed(Origin origin, String reason, long more);

        void connected(Origin origin);
    }

    /** The log of the process. */
    static final Lines LOGGED =
            new Lines() {
                @Override
                public void failed(Origin origin, String reason, long more) {
                    LOGGER.atWarn()
                            .addKeyValue("host", origin.host())
                            .addKeyValue("port", origin.port())
                            .addKeyValue("tls", origin.secure())
                            .addKeyValue("reason", reason)
                            .addKeyValue("moreSince", more)
                            .log("no connection to an upstream");
                }

                @Override
                public void connected(Origin origin) {
                    LOGGER.atInfo()
                            .addKeyValue("host", origin.host())
                            .addKeyValue("port", origin.port())
                            .log("an upstream is connected to again");
                }
            };

    /** What is known of an origin; guarded by itself. */
    private static final class Trouble {
        private boolean now;
        private boolean said;
        private long saidAt;
        private long kept;
    }

    private final LongSupplier nanoTime;
    private final Lines lines;
    private final Cache<Origin, Trouble> troubles =
            Caffeine.newBuilder().maximumSize(ORIGINS_MAX).executor(Runnable::run).build();

    /**
     * @param nanoTime like {@link System#nanoTime}
     */
    ConnectLog(LongSupplier nanoTime, Lines lines) {
        this.nanoTime = nanoTime;
        this.lines = lines;
    }

    void failed(Origin origin, String reason) {
        long now = nanoTime.getAsLong();
        var trouble = troubles.get(origin, any -> new Trouble());
        synchronized (trouble) {
            if (trouble.said && now - trouble.saidAt < QUIET.toNanos()) {
                trouble.kept++;
                return;
            }
            lines.failed(origin, shortened(reason), trouble.kept);
            trouble.now = true;
            trouble.said = true;
            trouble.saidAt = now;
            trouble.kept = 0;
        }
    }

    /** A connection was made. Cheap while all is well. */
    void connected(Origin origin) {
        var trouble = troubles.getIfPresent(origin);
        if (trouble == null) {
            return;
        }
        synchronized (trouble) {
            if (trouble.now) {
                trouble.now = false;
                lines.connected(origin);
            }
        }
    }

    private static String shortened(String reason) {
        return reason.length() <= REASON_CHARS_MAX ? reason : reason.substring(0, REASON_CHARS_MAX);
    }
}
