package dev.turnpike.usage.topology;

import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.usage.domain.KeyUseState;
import dev.turnpike.usage.domain.KnownUse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Uses of keys in the store of a task: {@code u/key} holds what is known, {@code d/time/key} when
 * the key is due. Used by the task's thread only.
 */
final class StoredKeyUses implements KeyUseState {
    private static final String USES = "u/";
    private static final String USES_END = "u0";
    private static final String DUE = "d/";
    private static final int DUE_LENGTH = DUE.length() + 16 + 1;
    private static final byte[] NOTHING = {1};

    private final KeyValueStore<String, byte[]> store;

    StoredKeyUses(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    @Override
    public Optional<KnownUse> find(KeyPrefix key) {
        return Optional.ofNullable(store.get(USES + key.value()))
                .map(bytes -> StateFormat.keyUse(key, bytes));
    }

    @Override
    public void put(KnownUse use) {
        store.put(USES + use.newest().apiKeyPrefix().value(), StateFormat.bytes(use));
    }

    @Override
    public void remove(KeyPrefix key) {
        store.delete(USES + key.value());
    }

    @Override
    public void schedule(Instant at, KeyPrefix key) {
        store.put(DUE + time(at) + '/' + key.value(), NOTHING);
    }

    @Override
    public List<KeyPrefix> takeDue(Instant now, int countMax) {
        var due = new ArrayList<String>();
        // '0' stands right behind '/', so the keys of this very moment are among them.
        try (var range = store.range(DUE, DUE + time(now) + '0')) {
            while (range.hasNext() && due.size() < countMax) {
                due.add(range.next().key);
            }
        }
        due.forEach(store::delete);
        return due.stream().map(key -> new KeyPrefix(key.substring(DUE_LENGTH))).toList();
    }

    @Override
    public List<KnownUse> after(String after, int countMax) {
        var found = new ArrayList<KnownUse>();
        // No key has a character below the space.
        try (var range = store.range(USES + after + '\u0001', USES_END)) {
            while (range.hasNext() && found.size() < countMax) {
                var entry = range.next();
                var key = new KeyPrefix(entry.key.substring(USES.length()));
                found.add(StateFormat.keyUse(key, entry.value));
            }
        }
        return found;
    }

    private static String time(Instant at) {
        return HexFormat.of().toHexDigits(Math.max(0, at.toEpochMilli()));
    }
}
