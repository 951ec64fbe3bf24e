package dev.turnpike.edge.limit;

import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.edge.limit.Counter.Level;
import dev.turnpike.edge.limit.RateLimitView.Headroom;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.LimitBreach;
import dev.turnpike.schemas.usage.UsageTotal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Admits from this edge's own exact counts plus what it has heard of others. Never waits: edges
 * together may exceed a threshold by what they admit before they hear of each other. One edge alone
 * does not, but for what it admitted in its last moments before a kill: a new process hears of that
 * when it has been shipped and added up. Thread-safe; the requests of one tree of groups take turns
 * under one short lock.
 */
public final class FastAdmission implements Admission {
    /** Counters alive at once, by default. */
    public static final int COUNTERS_MAX = 500_000;

    private static final int STRIPES = 64;
    private static final Duration FULL_RETRY = Duration.ofSeconds(1);

    private final Counters counters;
    private final InstantSource clock;
    private final List<ReentrantLock> stripes =
            IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toList();

    /**
     * @param ownStream stream id of this edge's journal; its part in totals is replaced by what is
     *     counted here
     * @param clock says when a top-up happens
     */
    public FastAdmission(String ownStream, InstantSource clock) {
        this(ownStream, clock, COUNTERS_MAX);
    }

    FastAdmission(String ownStream, InstantSource clock, int countersMax) {
        this.counters = new Counters(ownStream, countersMax);
        this.clock = clock;
    }

    /** A limit that refuses, and when it would not. */
    private record Shortage(AppliedLimit applied, Level level, long need, @Nullable Instant free) {
        /** Far future when waiting does not help. */
        Instant end() {
            return free == null ? Instant.MAX : free;
        }
    }

    @Override
    public AdmissionResult admit(AdmissionRequest request) {
        var limits = request.limits().all();
        if (limits.isEmpty()) {
            return new Admitted(new Reservation(request, List.of()));
        }
        var at = counters.notBefore(request.at());
        var stripe = stripe(request.limits().rootGroup());
        stripe.lock();
        try {
            var windows = new long[limits.size()];
            var found = new @Nullable Counter[windows.length];
            Shortage worst = null;
            int missing = 0;
            for (int i = 0; i < windows.length; i++) {
                var applied = limits.get(i);
                var counter = counters.find(applied.counter());
                missing += counter == null ? 1 : 0;
                var level =
                        counter == null
                                ? Level.empty(applied.limit().unit().window(at))
                                : counter.level(at);
                found[i] = counter;
                windows[i] = level.window();
                var shortage = shortage(applied, counter, level, applied.need(request));
                if (shortage != null && (worst == null || shortage.end().isAfter(worst.end()))) {
                    worst = shortage;
                }
            }
            if (worst != null) {
                return refused(worst, request.at());
            }
            return missing == 0 || counters.fits(missing)
                    ? take(limits, found, windows, request)
                    : full(limits.getFirst(), windows[0], request);
        } finally {
            stripe.unlock();
        }
    }

    private static @Nullable Shortage shortage(
            AppliedLimit applied, @Nullable Counter counter, Level level, long need) {
        long threshold = applied.limit().threshold();
        // Who reserves nothing passes only while something is left.
        long wanted = Math.max(need, 1);
        if (wanted <= threshold - level.total()) {
            return null;
        }
        Instant free =
                wanted > threshold || counter == null
                        ? null
                        : counter.whenFree(level.window(), wanted - (threshold - level.total()));
        return new Shortage(applied, level, need, free);
    }

    private static Refused refused(Shortage worst, Instant at) {
        var limit = worst.applied().limit();
        var unit = limit.unit();
        boolean quota = !unit.rolls() || limit.threshold() == 0;
        long window = worst.level().window();
        var start = unit.windowStart(unit.rolls() ? window - LimitUnit.SUB_WINDOWS : window);
        var end = worst.free() == null ? unit.windowExpiry(window) : worst.free();
        var breach =
                new LimitBreach(
                        worst.applied().slug(),
                        limit,
                        worst.level().used(),
                        worst.level().reserved(),
                        worst.need(),
                        start,
                        end);
        Optional<Duration> retryAfter =
                quota || worst.free() == null
                        ? Optional.empty()
                        : Optional.of(wholeMillis(Duration.between(at, worst.free())));
        return new Refused(breach, retryAfter, quota);
    }

    /** Rounded up, so that a client that waits so long is not early. */
    private static Duration wholeMillis(Duration wait) {
        long millis = wait.plusNanos(999_999).toMillis();
        return Duration.ofMillis(Math.max(0, millis));
    }

    /** Too many counters are alive: refused rather than admitted uncounted. */
    private static Refused full(AppliedLimit applied, long window, AdmissionRequest request) {
        return new Refused(
                new LimitBreach(
                        applied.slug(),
                        applied.limit(),
                        0,
                        0,
                        applied.need(request),
                        applied.limit().unit().windowStart(window),
                        request.at().plus(FULL_RETRY)),
                Optional.of(FULL_RETRY),
                false);
    }

    private Admitted take(
            List<AppliedLimit> limits,
            @Nullable Counter[] found,
            long[] windows,
            AdmissionRequest request) {
        var holds = new ArrayList<Reservation.Hold>(windows.length);
        boolean whole = false;
        try {
            take(limits, found, windows, request, holds);
            var admitted = new Admitted(new Reservation(request, holds));
            whole = true;
            return admitted;
        } finally {
            if (!whole) {
                giveBack(holds);
            }
        }
    }

    /** As if it had never been taken: nobody hears of it. */
    private static void giveBack(List<Reservation.Hold> holds) {
        for (var hold : holds) {
            var charge = hold.charge();
            hold.counter().settle(charge.window(), charge.reserved(), -charge.actual());
        }
    }

    private void take(
            List<AppliedLimit> limits,
            @Nullable Counter[] found,
            long[] windows,
            AdmissionRequest request,
            List<Reservation.Hold> holds) {
        for (int i = 0; i < windows.length; i++) {
            var applied = limits.get(i);
            if (!applied.charges()) {
                continue; // Two limits on one counter: charged once.
            }
            var key = applied.counter();
            boolean counted = key.type() == LimitType.REQUEST;
            long used = counted ? 1 : 0;
            long reserved = counted ? 0 : applied.need(request);
            var charge =
                    new Charge(
                            key.group(),
                            key.slug(),
                            key.type(),
                            key.unit(),
                            windows[i],
                            reserved,
                            used);
            var counter = counters.take(key, found[i], windows[i], used, reserved);
            holds.add(new Reservation.Hold(counter, applied.limit(), charge));
        }
    }

    @Override
    public boolean topUp(Reservation reservation, long moreTokens, long moreCostNanoUsd) {
        if (moreTokens < 0 || moreCostNanoUsd < 0) {
            throw new IllegalArgumentException("negative top-up");
        }
        var at = counters.notBefore(clock.instant());
        var stripe = stripe(reservation.rootGroup());
        stripe.lock();
        try {
            reservation.requireRunning();
            for (var hold : reservation.holds()) {
                long more = more(hold, moreTokens, moreCostNanoUsd);
                var level = hold.counter().level(at);
                long left = hold.limit().threshold() - level.total();
                if (more > 0 && counts(hold.charge(), level.window()) && more > left) {
                    return false;
                }
            }
            for (var hold : reservation.holds()) {
                long more = more(hold, moreTokens, moreCostNanoUsd);
                hold.counter().topUp(hold.charge().window(), more);
            }
            reservation.add(moreTokens, moreCostNanoUsd);
            return true;
        } finally {
            stripe.unlock();
        }
    }

    private static long more(Reservation.Hold hold, long tokens, long cost) {
        return switch (hold.charge().type()) {
            case REQUEST -> 0;
            case TOKEN -> tokens;
            case COST -> cost;
        };
    }

    /** Whether what is charged there counts in the interval that ends with {@code window}. */
    private static boolean counts(Charge charge, long window) {
        return charge.unit().rolls()
                ? charge.window() >= window - LimitUnit.SUB_WINDOWS
                : charge.window() == window;
    }

    @Override
    public List<Charge> settle(Reservation reservation, long actualTokens, long actualCostNanoUsd) {
        if (actualTokens < 0 || actualCostNanoUsd < 0) {
            throw new IllegalArgumentException("negative use");
        }
        var stripe = stripe(reservation.rootGroup());
        stripe.lock();
        try {
            reservation.requireRunning();
            // Whatever may lack memory comes first: a settlement that fails has changed nothing.
            var settled = settled(reservation.holds(), actualTokens, actualCostNanoUsd);
            reservation.end();
            for (var hold : reservation.holds()) {
                long window = hold.charge().window();
                switch (hold.charge().type()) {
                    case REQUEST -> {
                        // It was counted when it came.
                    }
                    case TOKEN ->
                            hold.counter()
                                    .settle(window, reservation.reservedTokens(), actualTokens);
                    case COST ->
                            hold.counter()
                                    .settle(window, reservation.reservedCost(), actualCostNanoUsd);
                }
            }
            return settled;
        } finally {
            stripe.unlock();
        }
    }

    private static List<Charge> settled(List<Reservation.Hold> holds, long tokens, long cost) {
        var settled = new Charge[holds.size()];
        for (int i = 0; i < settled.length; i++) {
            var charge = holds.get(i).charge();
            settled[i] =
                    switch (charge.type()) {
                        case REQUEST -> charge;
                        case TOKEN -> charge.settled(tokens);
                        case COST -> charge.settled(cost);
                    };
        }
        return List.of(settled);
    }

    @Override
    public List<Charge> release(Reservation reservation) {
        return settle(reservation, 0, 0);
    }

    @Override
    public RateLimitView view(AppliedLimits limits, Instant now) {
        var all = limits.all();
        return all.isEmpty()
                ? RateLimitView.NONE
                : new RateLimitView(
                        tightest(all, LimitType.REQUEST, now), tightest(all, LimitType.TOKEN, now));
    }

    private Optional<Headroom> tightest(List<AppliedLimit> limits, LimitType type, Instant now) {
        Headroom tightest = null;
        for (int i = 0; i < limits.size(); i++) {
            var applied = limits.get(i);
            if (applied.limit().type() == type) {
                var headroom = headroom(applied, now);
                if (tightest == null || tighter(headroom, tightest)) {
                    tightest = headroom;
                }
            }
        }
        return Optional.ofNullable(tightest);
    }

    private static boolean tighter(Headroom a, Headroom b) {
        return a.remaining() == b.remaining()
                ? a.limit() < b.limit()
                : a.remaining() < b.remaining();
    }

    private Headroom headroom(AppliedLimit applied, Instant now) {
        long threshold = applied.limit().threshold();
        var counter = counters.find(applied.counter());
        return counter == null
                ? new Headroom(threshold, threshold, 0)
                : counter.headroom(threshold, counters.notBefore(now), now);
    }

    /**
     * Learns a total from the log.
     *
     * @param position grows with every record about the same counter and window; repeated and older
     *     news change nothing
     */
    public void apply(UsageTotal total, long position) {
        counters.apply(total, position);
    }

    /** Forgets counters that no longer count; to be called every few seconds. */
    public void expire(Instant now) {
        counters.expire(now);
    }

    /** Counters alive now. */
    public int liveCounters() {
        return counters.size();
    }

    /** Totals of others that found no place, since the start. */
    public long droppedTotals() {
        return counters.dropped();
    }

    private ReentrantLock stripe(GroupId root) {
        return stripes.get(Math.floorMod(root.hashCode(), STRIPES));
    }
}
