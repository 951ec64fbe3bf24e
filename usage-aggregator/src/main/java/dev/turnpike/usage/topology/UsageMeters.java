package dev.turnpike.usage.topology;

import dev.turnpike.schemas.usage.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the aggregator counts about itself. A transaction that is aborted and done again counts
 * twice: these are for watching, the ledger is for billing. Thread-safe.
 */
public final class UsageMeters {
    private final Map<Outcome, Counter> entries = new EnumMap<>(Outcome.class);
    private final Counter duplicates;
    private final Counter missing;
    private final Counter late;
    private final Counter unpriced;
    private final Counter overflowing;
    private final Counter deadLetters;
    private final Counter totals;
    private final Counter keyUses;

    public UsageMeters(MeterRegistry registry) {
        for (var outcome : Outcome.values()) {
            entries.put(
                    outcome,
                    Counter.builder("turnpike.usage.entries")
                            .description("Ledger entries written")
                            .tag("outcome", outcome.label())
                            .register(registry));
        }
        duplicates = counter(registry, "duplicates", "Records that repeated what was known");
        missing = counter(registry, "sequence.gaps", "Sequence numbers skipped by a stream");
        late = counter(registry, "sequence.late", "Records that closed a gap");
        unpriced = unpriced(registry, "no_price");
        overflowing = unpriced(registry, "overflow");
        deadLetters = counter(registry, "dead.letters", "Records that could not be read");
        totals = counter(registry, "totals", "Totals published");
        keyUses = counter(registry, "key.uses", "Uses of keys published");
    }

    void entry(Outcome outcome) {
        var counter = entries.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    void duplicate() {
        duplicates.increment();
    }

    void missing(long numbers) {
        missing.increment((double) numbers);
    }

    void late() {
        late.increment();
    }

    void unpriced() {
        unpriced.increment();
    }

    void overflowing() {
        overflowing.increment();
    }

    void deadLetter() {
        deadLetters.increment();
    }

    void total() {
        totals.increment();
    }

    void keyUse() {
        keyUses.increment();
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("turnpike.usage." + name)
                .description(description)
                .register(registry);
    }

    private static Counter unpriced(MeterRegistry registry, String reason) {
        return Counter.builder("turnpike.usage.unpriced")
                .description("Charged requests whose cost is unknown")
                .tag("reason", reason)
                .register(registry);
    }
}
