package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.webhook.BillingEnvelope;
import dev.turnpike.schemas.webhook.CustomerField;
import dev.turnpike.schemas.webhook.EventFilter;
import dev.turnpike.webhook.domain.Directory;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Sends each ledger entry to every webhook that wants it, keyed by webhook. */
final class RouteProcessor
        extends ContextualProcessor<String, @Nullable LedgerEntry, String, byte[]> {
    private final Directory directory;
    private final CustomerField customerField;

    RouteProcessor(Directory directory, CustomerField customerField) {
        this.directory = directory;
        this.customerField = customerField;
    }

    @Override
    public void process(Record<String, @Nullable LedgerEntry> record) {
        var entry = record.value();
        if (entry == null) {
            return; // The ledger has no deletions; there is nothing to tell.
        }
        byte[] form = null;
        for (var webhook : directory.webhooks()) {
            // Records of older releases do not name what is above a group, which may be deleted.
            if (EventFilter.matches(webhook, entry, directory::lastParentOf)) {
                if (form == null) {
                    form = form(entry);
                }
                context().forward(record.withKey(webhook.id().value()).withValue(form));
            }
        }
    }

    private byte[] form(LedgerEntry entry) {
        var read = context().recordMetadata().orElseThrow();
        var position = new LedgerPosition(read.partition(), read.offset());
        var now = Instant.ofEpochMilli(context().currentSystemTimeMs());
        var event = BillingEnvelope.event(entry, customerField);
        return Forms.event(entry.entryId(), position, event, now);
    }
}
