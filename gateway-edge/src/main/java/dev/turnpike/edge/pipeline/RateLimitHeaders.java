package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.limit.RateLimitView;
import dev.turnpike.edge.limit.RateLimitView.Headroom;
import java.time.Duration;

/** Writes {@code x-ratelimit-*} as OpenAI does: counts, and the time until full as {@code 6m0s}. */
final class RateLimitHeaders {
    private RateLimitHeaders() {}

    static void write(RateLimitView view, ClientReply reply) {
        view.requests().ifPresent(headroom -> write("requests", headroom, reply));
        view.tokens().ifPresent(headroom -> write("tokens", headroom, reply));
    }

    private static void write(String kind, Headroom headroom, ClientReply reply) {
        reply.header("x-ratelimit-limit-" + kind, Long.toString(headroom.limit()));
        reply.header("x-ratelimit-remaining-" + kind, Long.toString(headroom.remaining()));
        reply.header("x-ratelimit-reset-" + kind, duration(headroom.reset()));
    }

    /** Go's notation: {@code 12ms}, {@code 1s}, {@code 6m0s}, {@code 23h0m0s}. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + "ms";
        }
        long seconds = duration.plusMillis(999).toSeconds();
        var text = new StringBuilder();
        if (seconds >= 3_600) {
            text.append(seconds / 3_600).append('h');
        }
        if (seconds >= 60) {
            text.append(seconds % 3_600 / 60).append('m');
        }
        return text.append(seconds % 60).append('s').toString();
    }
}
