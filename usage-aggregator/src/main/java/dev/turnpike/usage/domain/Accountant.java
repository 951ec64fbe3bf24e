package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.price.Cost;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.price.Pricing;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.usage.domain.Applied.Outcome;
import dev.turnpike.usage.domain.StreamMark.Arrival;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds the records of one partition into ledger entries and totals. Besides the state it is given
 * it has none, and the same records give the same result however often each of them comes and
 * however they are interleaved.
 */
public final class Accountant {
    /** Counters that one request may charge. */
    public static final int CHARGES_MAX = 1_000;

    private static final int ID_PREFIX_LENGTH = "req_".length();

    private final PartitionState state;

    public Accountant(PartitionState state) {
        this.state = state;
    }

    /**
     * Folds one record.
     *
     * @param prices what is known of prices now
     * @throws InvalidRecordException if the record cannot be true; the state is unchanged
     */
    public Applied apply(RequestRecord record, Horizon horizon, PriceBook prices) {
        validate(record);
        var mark = state.mark(record.stream());
        var arrival = mark.arrival(record.sequence());
        long skipped = mark.skippedBy(record.sequence());
        state.putMark(record.stream(), mark.with(record.sequence(), horizon.now().toEpochMilli()));
        return new Applied(outcome(record, arrival, horizon, prices), arrival, skipped);
    }

    private Outcome outcome(
            RequestRecord record, Arrival arrival, Horizon horizon, PriceBook prices) {
        var id = record.fact().call().requestId();
        var known = state.request(id);
        if (Dedupe.repeats(record, known, arrival, horizon)) {
            return new Outcome.Duplicate();
        }
        var open = Dedupe.open(known);
        return switch (record.fact()) {
            case Started started -> {
                state.putRequest(id, new RequestState.Open(record.stream(), started.charges()));
                reserve(record.stream(), started.charges(), horizon);
                yield new Outcome.Opened();
            }
            case Settled settled -> {
                close(record, open, settled.charges(), horizon);
                yield entered(settled, settled.charges(), settled.settlement(), prices);
            }
            case Aborted aborted -> {
                close(record, open, aborted.charges(), horizon);
                yield entered(aborted, aborted.charges(), aborted.settlement(), prices);
            }
            case Refused refused -> {
                close(record, open, List.of(), horizon);
                yield new Outcome.Entered(refusal(refused), new Cost.Free());
            }
        };
    }

    /**
     * Forgets a request whose time has passed. What a request without an end had set aside is given
     * back; what it surely used stays.
     */
    public void forget(RequestId id, Horizon horizon) {
        var open = Dedupe.open(state.request(id));
        if (open != null) {
            for (var charge : open.charges()) {
                move(charge, open.stream(), 0, -Totals.outstanding(charge), horizon);
            }
        }
        state.removeRequest(id);
    }

    private void reserve(String stream, List<Charge> charges, Horizon horizon) {
        for (var charge : charges) {
            move(charge, stream, charge.actual(), Totals.outstanding(charge), horizon);
        }
    }

    /** Replaces what was set aside by what was used, in one step for each counter. */
    private void close(
            RequestRecord record,
            RequestState.@Nullable Open open,
            List<Charge> actuals,
            Horizon horizon) {
        var stream = open == null ? Dedupe.admittedBy(record) : open.stream();
        var moves = new LinkedHashMap<String, Move>();
        for (var charge : actuals) {
            moves.merge(charge.counter(), new Move(charge, charge.actual(), 0), Move::plus);
        }
        for (var charge : open == null ? List.<Charge>of() : open.charges()) {
            var back = new Move(charge, -charge.actual(), -Totals.outstanding(charge));
            moves.merge(charge.counter(), back, Move::plus);
        }
        moves.values().forEach(m -> move(m.charge(), stream, m.used(), m.reserved(), horizon));
        state.putRequest(record.fact().call().requestId(), new RequestState.Closed());
    }

    private void move(Charge charge, String stream, long used, long reserved, Horizon horizon) {
        if ((used == 0 && reserved == 0) || horizon.forgets(charge)) {
            return;
        }
        var total = state.total(charge);
        if (total.isPresent()) {
            state.putTotal(Totals.moved(total.get(), stream, used, reserved));
        } else if (used > 0 || reserved > 0) {
            // Nothing can be taken from a total that is not there: it was put away in between.
            var zero = Totals.zero(charge);
            state.putTotal(Totals.moved(zero, stream, Math.max(0, used), Math.max(0, reserved)));
        }
    }

    private static Outcome entered(
            RequestFact fact, List<Charge> charges, Settlement settlement, PriceBook prices) {
        var cost = Pricing.cost(fact.call(), settlement, prices);
        NanoUsd amount =
                switch (cost) {
                    case Cost.Free _ -> NanoUsd.ZERO;
                    case Cost.Priced priced -> priced.amount();
                    case Cost.NoPrice _, Cost.Overflow _ -> null;
                };
        var version = cost instanceof Cost.Priced priced ? priced.price().versionLabel() : null;
        var entry =
                new LedgerEntry(
                        entryId(fact), fact.call(), null, settlement, charges, amount, version);
        return new Outcome.Entered(entry, cost);
    }

    private static LedgerEntry refusal(Refused refused) {
        return new LedgerEntry(
                entryId(refused),
                refused.call(),
                refused.decision(),
                null,
                List.of(),
                NanoUsd.ZERO,
                null);
    }

    /** The ULID of the request id: unique as that is, and the same whenever it is made again. */
    private static String entryId(RequestFact fact) {
        return fact.call().requestId().value().substring(ID_PREFIX_LENGTH);
    }

    private static void validate(RequestRecord record) {
        if (record.stream().isEmpty() || record.stream().equals(Totals.OTHERS)) {
            throw new InvalidRecordException("the stream has no name");
        }
        if (record.sequence() < 1) {
            throw new InvalidRecordException("sequences count from 1");
        }
        var charges = charges(record.fact());
        if (charges.size() > CHARGES_MAX) {
            throw new InvalidRecordException("more than " + CHARGES_MAX + " charges");
        }
        for (var charge : charges) {
            if (!Horizon.plausible(charge.unit(), charge.window())) {
                throw new InvalidRecordException("a charge is for no window");
            }
            if (outOfRange(charge.reserved()) || outOfRange(charge.actual())) {
                throw new InvalidRecordException("a charge is out of range");
            }
        }
    }

    private static List<Charge> charges(RequestFact fact) {
        return switch (fact) {
            case Started started -> started.charges();
            case Settled settled -> settled.charges();
            case Aborted aborted -> aborted.charges();
            case Refused _ -> List.of();
        };
    }

    private static boolean outOfRange(long amount) {
        return amount < 0 || amount > Charge.AMOUNT_MAX;
    }

    private record Move(Charge charge, long used, long reserved) {
        Move plus(Move other) {
            return new Move(charge, used + other.used, reserved + other.reserved);
        }
    }
}
