package dev.turnpike.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.testkit.upstream.Exchange;

/**
 * What the ledger must say of a request, told from what the upstream served and nothing else.
 *
 * @param input prompt tokens; {@value #OWN_COUNT} when no provider counted them
 * @param outputMin output tokens at least
 * @param outputMax and at most
 */
record Expected(Outcome outcome, boolean charged, int input, int outputMin, int outputMax) {
    private static final int OWN_COUNT = -1;
    private static final int OUTPUT = 5;
    private static final int VECTOR_TOKENS = 2;

    /** Deltas a client that leaves has seen; it leaves at the third. */
    private static final int SEEN_BEFORE_LEAVING = 3;

    static Expected of(Exchange exchange) {
        boolean claude = exchange.request().target().contains("/messages");
        int input = claude ? 13 : 11;
        int counted = claude ? input : OWN_COUNT; // Anthropic counts the prompt at the start.
        return switch (exchange.script()) {
            case "busy-429", "busy-503", "flaky-429", "flaky-503" -> failed();
            case "hang" -> new Expected(Outcome.CLIENT_GONE, true, OWN_COUNT, 0, 0);
            case "late" -> new Expected(Outcome.TIMED_OUT, false, 0, 0, 0);
            case "endless" ->
                    new Expected(
                            Outcome.CLIENT_GONE,
                            true,
                            counted,
                            SEEN_BEFORE_LEAVING,
                            exchange.tokens() + 1); // The space at the end is a token, too.
            case "reset-midstream" -> new Expected(Outcome.UPSTREAM_FAILED, true, counted, 0, 0);
            case "embeddings" -> {
                int texts = exchange.request().json().path("input").size();
                yield new Expected(Outcome.COMPLETED, true, texts * VECTOR_TOKENS, 0, 0);
            }
            default ->
                    exchange.played().orElseThrow().status() >= 400
                            ? failed()
                            : new Expected(Outcome.COMPLETED, true, input, OUTPUT, OUTPUT);
        };
    }

    /** The provider accepted nothing, so nothing is charged. */
    private static Expected failed() {
        return new Expected(Outcome.UPSTREAM_FAILED, false, 0, 0, 0);
    }

    void holds(LedgerEntry entry) {
        var what = "%s, expected %s".formatted(entry, this);
        var settlement = entry.settlement();
        assertThat(settlement).as(what).isNotNull();
        assertThat(entry.outcome()).as(what).isEqualTo(outcome);
        assertThat(entry.charged()).as(what).isEqualTo(charged);
        if (settlement == null) {
            return;
        }
        var usage = settlement.usage();
        if (input == OWN_COUNT) {
            assertThat(usage.inputTokens()).as(what).isPositive();
        } else {
            assertThat(usage.inputTokens()).as(what).isEqualTo(input);
        }
        assertThat(usage.outputTokens()).as(what).isBetween((long) outputMin, (long) outputMax);
        assertThat(settlement.attempts()).as(what).hasSize(1);
    }
}
