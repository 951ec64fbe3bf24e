package dev.turnpike.usage.topology;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.UsageTotal;

/** The codecs of the topics the aggregator reads and writes. Thread-safe. */
public record UsageCodecs(
        RecordCodec<RequestRecord> requests,
        RecordCodec<LedgerEntry> ledger,
        RecordCodec<UsageTotal> totals,
        RecordCodec<KeyUse> keyUses,
        RecordCodec<ControlEvent> facts) {
    /** Codecs that ask {@code ids} for the numbers of schemas. */
    public static UsageCodecs of(SchemaIds ids) {
        return new UsageCodecs(
                RecordCodec.of(Subject.REQUESTS, RequestRecord.class, ids),
                RecordCodec.of(Subject.LEDGER, LedgerEntry.class, ids),
                RecordCodec.of(Subject.USAGE_TOTALS, UsageTotal.class, ids),
                RecordCodec.of(Subject.KEYS_USED, KeyUse.class, ids),
                RecordCodec.of(Subject.CONTROL_EVENTS, ControlEvent.class, ids));
    }
}
