package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Uses of keys in memory that can be copied, as a transaction's state can be rolled back. */
final class MemoryKeyUses implements KeyUseState {
    private record Due(Instant at, String key) {}

    final TreeMap<String, KnownUse> uses = new TreeMap<>();
    private final TreeSet<Due> due =
            new TreeSet<>(Comparator.comparing(Due::at).thenComparing(Due::key));

    MemoryKeyUses copy() {
        var copy = new MemoryKeyUses();
        copy.uses.putAll(uses);
        copy.due.addAll(due);
        return copy;
    }

    int waiting() {
        return due.size();
    }

    @Override
    public Optional<KnownUse> find(KeyPrefix key) {
        return Optional.ofNullable(uses.get(key.value()));
    }

    @Override
    public void put(KnownUse use) {
        uses.put(use.newest().apiKeyPrefix().value(), use);
    }

    @Override
    public void remove(KeyPrefix key) {
        uses.remove(key.value());
    }

    @Override
    public void schedule(Instant at, KeyPrefix key) {
        due.add(new Due(at, key.value()));
    }

    @Override
    public List<KeyPrefix> takeDue(Instant now, int countMax) {
        var taken = new ArrayList<KeyPrefix>();
        while (!due.isEmpty() && !due.first().at().isAfter(now) && taken.size() < countMax) {
            taken.add(new KeyPrefix(due.removeFirst().key()));
        }
        return taken;
    }

    @Override
    public List<KnownUse> after(String after, int countMax) {
        return uses.tailMap(after, false).values().stream().limit(countMax).toList();
    }
}
