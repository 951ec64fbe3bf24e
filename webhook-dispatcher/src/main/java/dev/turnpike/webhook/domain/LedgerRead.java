package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.id.ReplayId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Span;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Something to be read from the ledger for a replay. */
public sealed interface LedgerRead {
    /** For which webhook. */
    WebhookId webhookId();

    /** For which replay. */
    ReplayId replayId();

    /**
     * Where a stretch of time stands.
     *
     * @param partitions where to look
     */
    record Locate(
            WebhookId webhookId,
            ReplayId replayId,
            List<Integer> partitions,
            Instant from,
            Instant to)
            implements LedgerRead {}

    /** The next entries of a span, at most {@code entriesMax}. */
    record Entries(WebhookId webhookId, ReplayId replayId, Span span, int entriesMax)
            implements LedgerRead {}

    /** What came of it. */
    sealed interface Outcome {
        /** What was asked for. */
        LedgerRead read();
    }

    /** Where it stands. */
    record Located(Locate read, List<Span> spans) implements Outcome {}

    /**
     * What stands there.
     *
     * @param found in order
     * @param left what of the span was not read
     */
    record Found(Entries read, Map<LedgerPosition, LedgerEntry> found, Span left)
            implements Outcome {}

    /** The ledger did not answer; it is asked again. */
    record Failed(LedgerRead read) implements Outcome {}
}
