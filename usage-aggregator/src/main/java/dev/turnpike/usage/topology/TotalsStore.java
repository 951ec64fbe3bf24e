package dev.turnpike.usage.topology;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.usage.domain.Horizon;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The totals of one partition, by the time at which they are put away, so that those whose time has
 * come stand first. Each value says whether it has been published since it last changed; a total
 * that was not when its task was moved or killed is published by the next owner.
 */
final class TotalsStore {
    private static final byte PUBLISHED = 0;
    private static final byte CHANGED = 1;
    private static final int TIME_LENGTH = 16;

    private final KeyValueStore<String, byte[]> store;
    private final RecordCodec<UsageTotal> codec;
    private final Set<String> changed = new LinkedHashSet<>();

    TotalsStore(KeyValueStore<String, byte[]> store, RecordCodec<UsageTotal> codec) {
        this.store = store;
        this.codec = codec;
        try (var all = store.all()) {
            all.forEachRemaining(entry -> {
                if (entry.value[0] == CHANGED) {
                    changed.add(entry.key);
                }
            });
        }
    }

    /**
     * One total, ready to be sent.
     *
     * @param counter key of its record
     * @param value its record's value
     */
    record Publication(String counter, byte[] value) {}

    Optional<UsageTotal> find(Charge charge) {
        return Optional.ofNullable(store.get(key(charge))).map(value -> codec.decode(tail(value)));
    }

    void put(UsageTotal total) {
        var charge =
                new Charge(
                        total.groupId(),
                        total.slug(),
                        total.type(),
                        total.unit(),
                        total.window(),
                        0,
                        0);
        var key = key(charge);
        store.put(key, flagged(CHANGED, codec.encode(total)));
        changed.add(key);
    }

    /** How many totals wait to be published. */
    int waiting() {
        return changed.size();
    }

    /** Takes every total that changed since the last time, each once and as it is now. */
    List<Publication> takeChanged() {
        var taken = new ArrayList<Publication>(changed.size());
        for (var key : changed) {
            var value = store.get(key);
            if (value != null) {
                var tail = tail(value);
                store.put(key, flagged(PUBLISHED, tail));
                taken.add(new Publication(counter(key), tail));
            }
        }
        changed.clear();
        return taken;
    }

    /**
     * Removes totals whose time has come.
     *
     * @return the counters that are gone, at most {@code countMax}
     */
    List<String> removeEnded(Instant now, int countMax) {
        var ended = new ArrayList<String>();
        try (var range = store.range(time(Instant.EPOCH), time(now))) {
            while (range.hasNext() && ended.size() < countMax) {
                ended.add(range.next().key);
            }
        }
        for (var key : ended) {
            store.delete(key);
            changed.remove(key);
        }
        return ended.stream().map(TotalsStore::counter).toList();
    }

    private static String key(Charge charge) {
        var end = Horizon.forgottenAt(charge.unit(), charge.window());
        return time(end) + '/' + charge.counter();
    }

    private static String time(Instant at) {
        return HexFormat.of().toHexDigits(Math.max(0, at.toEpochMilli()));
    }

    private static String counter(String key) {
        return key.substring(TIME_LENGTH + 1);
    }

    private static byte[] flagged(byte flag, byte[] tail) {
        var value = new byte[tail.length + 1];
        value[0] = flag;
        System.arraycopy(tail, 0, value, 1, tail.length);
        return value;
    }

    private static byte[] tail(byte[] value) {
        return Arrays.copyOfRange(value, 1, value.length);
    }
}
