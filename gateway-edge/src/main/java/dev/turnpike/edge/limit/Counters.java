package dev.turnpike.edge.limit;

import dev.turnpike.schemas.usage.UsageTotal;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All counters of this edge. A counter lives while a window of it does. Their number is bounded:
 * when it is reached, requests that need a new one are refused, and news about one that is not here
 * is dropped and counted. Thread-safe.
 */
final class Counters {
    /**
     * How long a window is kept after it stopped counting, so that a clock may step back this far
     * and find it still there.
     */
    static final long KEEP_MILLIS = 120_000;

    private final ConcurrentMap<CounterKey, Counter> live = new ConcurrentHashMap<>();

    /** Holds the key of each live counter once; changed inside the map's compute only. */
    private final Expiries expiries = new Expiries();

    private final AtomicLong floorMillis = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong dropped = new AtomicLong();
    private final String ownStream;
    private final int max;

    Counters(String ownStream, int max) {
        this.ownStream = ownStream;
        this.max = max;
    }

    /** The counter, or null when nothing counts there. */
    @Nullable Counter find(CounterKey key) {
        return live.get(key);
    }

    /** Whether {@code more} counters still fit. */
    boolean fits(int more) {
        return live.size() + more <= max;
    }

    int size() {
        return live.size();
    }

    /** News about counters that found no place. */
    long dropped() {
        return dropped.get();
    }

    /** {@code at}, or the earliest time whose windows are still kept. */
    Instant notBefore(Instant at) {
        long floor = floorMillis.get();
        return at.toEpochMilli() >= floor ? at : Instant.ofEpochMilli(floor);
    }

    /**
     * Charges a counter, which is made when absent.
     *
     * @param found what {@link #find} gave a moment ago
     */
    Counter take(CounterKey key, @Nullable Counter found, long window, long used, long reserved) {
        return found != null && found.take(window, used, reserved)
                ? found
                : takeNew(key, window, used, reserved);
    }

    private Counter takeNew(CounterKey key, long window, long used, long reserved) {
        // Inside compute, so that a counter cannot expire between look-up and charge.
        var counter =
                live.compute(
                        key,
                        (k, found) -> {
                            var one = found == null ? made(k, window) : found;
                            one.take(window, used, reserved);
                            return one;
                        });
        if (counter == null) {
            throw new IllegalStateException("compute returned nothing");
        }
        return counter;
    }

    /** Learns a total; {@code position} orders the news about one counter and window. */
    void apply(UsageTotal total, long position) {
        long floor = floorMillis.get();
        if (total.unit().windowExpiry(total.window()).toEpochMilli() <= floor) {
            return;
        }
        long own = total.contributions().getOrDefault(ownStream, 0L);
        var key = new CounterKey(total.groupId(), total.slug(), total.type(), total.unit());
        live.compute(
                key,
                (k, found) -> {
                    if (found == null && live.size() >= max) {
                        dropped.incrementAndGet();
                        return null;
                    }
                    var one = found == null ? made(k, total.window()) : found;
                    long others = total.used() + total.reserved() - own;
                    one.others(total.window(), others, position, Instant.ofEpochMilli(floor));
                    return one;
                });
    }

    private Counter made(CounterKey key, long window) {
        expiries.add(key, key.unit().windowExpiry(window).toEpochMilli());
        return new Counter(key.unit());
    }

    /**
     * Drops what stopped counting {@value #KEEP_MILLIS} ms before {@code now}. Looks only at
     * counters of which that may be true by now.
     */
    void expire(Instant now) {
        long floor = floorMillis.accumulateAndGet(now.toEpochMilli() - KEEP_MILLIS, Math::max);
        var limit = Instant.ofEpochMilli(floor);
        for (var key : expiries.due(floor)) {
            live.computeIfPresent(key, (k, one) -> keptUntilEmpty(k, one, limit));
        }
    }

    private @Nullable Counter keptUntilEmpty(CounterKey key, Counter counter, Instant limit) {
        var end = counter.expire(limit);
        if (end.isEmpty()) {
            return null;
        }
        expiries.add(key, end.get().toEpochMilli());
        return counter;
    }
}
