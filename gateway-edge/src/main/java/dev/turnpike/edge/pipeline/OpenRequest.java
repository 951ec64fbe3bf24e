package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.journal.JournalUnavailableException;
import dev.turnpike.edge.journal.Receipt;
import dev.turnpike.edge.limit.Reservation;
import dev.turnpike.edge.protocol.AnswerView;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.Settlement;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An admitted request until it is settled: the one exit of the money path. Whoever opens it settles
 * it exactly once; {@link #close} settles what nobody could because something of ours broke. Used
 * by the request's thread only.
 */
final class OpenRequest implements AutoCloseable {
    /** Tokens between two notes of progress in the journal. */
    static final long PROGRESS_TOKENS = 256;

    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private static final Logger LOGGER = LoggerFactory.getLogger(OpenRequest.class);

    private final Call call;
    private final Reservation reservation;
    private final Pipelines.Money money;
    private final LongFunction<Settlement> forgotten;
    private final long topUpCost;
    private long generated;
    private long topUpAt;
    private long progressAt = PROGRESS_TOKENS;
    private long progressNanos;
    private @Nullable List<Charge> charges;
    private boolean owed;
    private boolean charged;
    private RequestFact.@Nullable Started unwritten;
    private @Nullable Receipt receipt;

    /**
     * What a request was expected to use when it was admitted.
     *
     * @param input prompt tokens
     * @param topUpCost nano-dollars that {@link #PROGRESS_TOKENS} more output tokens cost; 0 when
     *     nothing counts cost
     */
    record Expected(long input, long topUpCost) {}

    /**
     * @param forgotten how the request ends if it is closed without having been settled, by the
     *     output tokens generated until then
     */
    OpenRequest(
            Call call,
            Reservation reservation,
            Expected expected,
            Pipelines.Money money,
            LongFunction<Settlement> forgotten) {
        this.call = call;
        this.reservation = reservation;
        this.money = money;
        this.forgotten = forgotten;
        this.topUpCost = expected.topUpCost();
        this.topUpAt = reservation.reservedTokens() - expected.input();
        this.unwritten = new RequestFact.Started(call, reservation.charges(), expected.input());
    }

    Call call() {
        return call;
    }

    /**
     * What an answer to it shows of the gateway.
     *
     * @param errors how much is shown of a target's errors
     */
    AnswerView view(String targetModel, ErrorDetail errors) {
        return new AnswerView(
                call.modelSlug(),
                targetModel,
                call.requestId().value(),
                call.admittedAt().getEpochSecond(),
                errors == ErrorDetail.GENERIC);
    }

    /**
     * Writes that an upstream is about to be called, the first time together with STARTED: from
     * here on a crash is charged.
     *
     * @throws JournalUnavailableException if it cannot be written; the upstream must not be called
     */
    void called(Provider provider, String targetModel) {
        var started = unwritten;
        if (started == null) {
            money.journal().called(call.requestId(), provider, targetModel);
        } else {
            money.journal().started(started, provider, targetModel);
            unwritten = null;
        }
    }

    /**
     * Notes how much was generated, now and then, and sets more aside when it passes the
     * reservation. A full limit does not stop a running answer ({@code on_exhausted: finish}).
     */
    void generated(long outputTokens, long nanos) {
        generated = outputTokens;
        if (outputTokens >= progressAt || nanos - progressNanos >= PROGRESS_NANOS) {
            progressAt = outputTokens + PROGRESS_TOKENS;
            progressNanos = nanos;
            money.journal().progress(call.requestId(), outputTokens);
        }
        if (reservation.reservedTokens() > 0 && outputTokens > topUpAt) {
            topUpAt += PROGRESS_TOKENS;
            money.admission().topUp(reservation, PROGRESS_TOKENS, topUpCost);
        }
    }

    /**
     * Writes the terminal record and replaces the reservation by the truth. Call it before the last
     * byte goes to the client.
     *
     * <p>If anything else is thrown it is not settled, and {@link #close} ends it.
     *
     * @throws IllegalStateException if it was settled before
     * @throws JournalUnavailableException if it cannot be written now; the last byte must not go
     *     out. The end of a request that is written as started is kept by the journal and written
     *     when the disk works again
     */
    Receipt settle(Settlement settlement) {
        if (receipt != null || owed) {
            throw new IllegalStateException(call.requestId() + " is settled already");
        }
        var started = unwritten;
        if (started != null) { // No target could be called.
            money.journal().started(started);
            unwritten = null;
        }
        var fact = new RequestFact.Settled(call, charges(settlement), settlement);
        charged |= settlement.charged(); // From here on the journal may have it or owe it.
        var written = written(fact);
        money.meters().settled(settlement);
        if (settlement.charged()) {
            money.history().record(call.modelSlug(), settlement.usage().outputTokens());
        }
        return written;
    }

    private Receipt written(RequestFact.Settled end) {
        try {
            var written = money.journal().terminal(end);
            receipt = written;
            return written;
        } catch (JournalUnavailableException e) {
            owed = true;
            throw e;
        }
    }

    boolean settled() {
        return receipt != null;
    }

    /** Whether it is paid for, also if the record of that is still to be written. */
    boolean charged() {
        return charged;
    }

    /** What was counted first stays counted, also when another end is written than was meant. */
    private List<Charge> charges(Settlement settlement) {
        var counted = charges;
        if (counted == null) {
            counted = settlement.charged() ? used(settlement) : released();
            charges = counted;
        }
        return counted;
    }

    private List<Charge> used(Settlement settlement) {
        long cost = reservation.counts(LimitType.COST) ? money.costs().actual(call, settlement) : 0;
        return money.admission().settle(reservation, settlement.usage().total(), cost);
    }

    private List<Charge> released() {
        return money.admission().release(reservation);
    }

    /**
     * Settles a request that nobody has settled, or not to the end: whatever threw, it ends here
     * and once.
     */
    @Override
    public void close() {
        if (receipt != null || owed) {
            return;
        }
        try {
            settle(forgotten.apply(generated));
        } catch (JournalUnavailableException e) {
            LOGGER.atWarn()
                    .addKeyValue("requestId", call.requestId().value())
                    .log("a request ended while the journal could not be written");
        } finally {
            if (charges == null) { // Not even its start could be written: nothing was called.
                charges = released();
            }
        }
    }
}
