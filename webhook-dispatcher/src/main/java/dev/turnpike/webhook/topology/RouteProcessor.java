package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.deadletter.DeadLetter;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.webhook.BillingEnvelope;
import dev.turnpike.webhook.domain.Directory;
import dev.turnpike.webhook.domain.Filter;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** Sends each ledger entry to every webhook that wants it, keyed by webhook. */
final class RouteProcessor extends ContextualProcessor<String, byte[], String, Routed> {
    /** The name under which this service gives up records. */
    static final String READER = "webhook-dispatcher";

    private final Directory directory;
    private final RecordCodec<LedgerEntry> ledger;

    RouteProcessor(Directory directory, RecordCodec<LedgerEntry> ledger) {
        this.directory = directory;
        this.ledger = ledger;
    }

    @Override
    public void process(Record<String, byte[]> record) {
        LedgerEntry entry;
        try {
            entry = ledger.decode(record.value() == null ? new byte[0] : record.value());
        } catch (UnreadableRecordException e) {
            unreadable(record, e);
            return;
        }
        byte[] form = null;
        for (var webhook : directory.webhooks()) {
            if (Filter.matches(webhook, entry, directory)) {
                if (form == null) {
                    form = Forms.event(entry.entryId(), BillingEnvelope.event(entry), now());
                }
                context()
                        .forward(
                                record.withKey(webhook.id().value())
                                        .withValue(new Routed.Event(form)));
            }
        }
    }

    private void unreadable(Record<String, byte[]> record, UnreadableRecordException e) {
        var source = context().recordMetadata().orElseThrow();
        var letter =
                new DeadLetter(
                        READER,
                        source.topic(),
                        source.partition(),
                        source.offset(),
                        null,
                        record.value(),
                        String.valueOf(e.getMessage()),
                        now());
        context()
                .forward(
                        record.withKey(source.topic() + "/" + source.partition())
                                .withValue(new Routed.Unreadable(letter)));
    }

    private Instant now() {
        return Instant.ofEpochMilli(context().currentSystemTimeMs());
    }
}
