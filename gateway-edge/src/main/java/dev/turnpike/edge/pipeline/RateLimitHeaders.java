package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.limit.RateLimitView;
import dev.turnpike.edge.limit.RateLimitView.Headroom;
import dev.turnpike.edge.protocol.Dialect;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Writes {@code x-ratelimit-*} as OpenAI does: counts, and the time until full as {@code 6m0s}; for
 * clients of Anthropic's API also {@code anthropic-ratelimit-*}, with the time when it is full.
 */
final class RateLimitHeaders {
    private static final Names REQUESTS = Names.of("requests");
    private static final Names TOKENS = Names.of("tokens");
    private static final Names ANTHROPIC_REQUESTS = Names.ofAnthropic("requests");
    private static final Names ANTHROPIC_TOKENS = Names.ofAnthropic("tokens");

    private RateLimitHeaders() {}

    /** The headers that tell of one limit. */
    private record Names(String limit, String remaining, String reset) {
        static Names of(String kind) {
            return new Names(
                    "x-ratelimit-limit-" + kind,
                    "x-ratelimit-remaining-" + kind,
                    "x-ratelimit-reset-" + kind);
        }

        static Names ofAnthropic(String kind) {
            var prefix = "anthropic-ratelimit-" + kind;
            return new Names(prefix + "-limit", prefix + "-remaining", prefix + "-reset");
        }
    }

    static void write(RateLimitView view, Dialect dialect, Instant now, ClientReply reply) {
        write(view, reply);
        switch (dialect) {
            case OPENAI -> {
                // All is said.
            }
            case ANTHROPIC -> {
                view.requests()
                        .ifPresent(room -> writeAnthropic(ANTHROPIC_REQUESTS, room, now, reply));
                view.tokens().ifPresent(room -> writeAnthropic(ANTHROPIC_TOKENS, room, now, reply));
            }
        }
    }

    private static void writeAnthropic(
            Names names, Headroom headroom, Instant now, ClientReply reply) {
        reply.header(names.limit(), Long.toString(headroom.limit()));
        reply.header(names.remaining(), Long.toString(headroom.remaining()));
        var full = now.plusMillis(headroom.resetMillis() + 999).truncatedTo(ChronoUnit.SECONDS);
        reply.header(names.reset(), full.toString());
    }

    static void write(RateLimitView view, ClientReply reply) {
        view.requests().ifPresent(headroom -> write(REQUESTS, headroom, reply));
        view.tokens().ifPresent(headroom -> write(TOKENS, headroom, reply));
    }

    private static void write(Names names, Headroom headroom, ClientReply reply) {
        reply.header(names.limit(), Long.toString(headroom.limit()));
        reply.header(names.remaining(), Long.toString(headroom.remaining()));
        reply.header(names.reset(), duration(headroom.resetMillis()));
    }

    /** Go's notation: {@code 12ms}, {@code 1s}, {@code 6m0s}, {@code 23h0m0s}. */
    static String duration(long millis) {
        if (millis < 1_000) {
            return millis + "ms";
        }
        long seconds = Math.ceilDiv(millis, 1_000);
        if (seconds < 60) {
            return seconds + "s";
        }
        var rest = seconds % 3_600 / 60 + "m" + seconds % 60 + "s";
        return seconds < 3_600 ? rest : seconds / 3_600 + "h" + rest;
    }
}
