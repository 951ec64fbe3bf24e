package dev.turnpike.runtime.control;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** A local copy in memory that counts what one thread does; others may read it, too. */
final class MapStore implements KeyValueStore<String, byte[]> {
    private final ConcurrentSkipListMap<String, byte[]> map = new ConcurrentSkipListMap<>();

    /** Keys of each write, in order. */
    final List<List<String>> writes = new ArrayList<>();

    /** Records asked for, one by one. */
    int gets;

    /** Done whenever a range is asked for. */
    Runnable onRange = () -> {};

    private volatile boolean closed;

    /** Records that iterators gave. */
    int iterated;

    /** Iterators not closed. */
    int open;

    /** Records after which iterators find the store closed. */
    int closesAfter = Integer.MAX_VALUE;

    @Override
    public void putAll(List<KeyValue<String, byte[]>> entries) {
        var keys = new ArrayList<String>();
        for (var entry : entries) {
            keys.add(entry.key);
            change(entry.key, entry.value);
        }
        writes.add(keys);
    }

    @Override
    public void put(String key, byte @Nullable [] value) {
        change(key, value);
        writes.add(List.of(key));
    }

    private void change(String key, byte @Nullable [] value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    @Override
    public byte @Nullable [] get(String key) {
        if (closed) {
            throw new InvalidStateStoreException("closed");
        }
        gets++;
        return map.get(key);
    }

    @Override
    public KeyValueIterator<String, byte[]> range(String from, String to) {
        onRange.run();
        return new Entries(map.subMap(from, true, to, true).entrySet().iterator());
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        var now = new TreeMap<String, byte[]>(); // Whatever comes later is not in it.
        map.forEach(now::put);
        return new Entries(now.entrySet().iterator());
    }

    private final class Entries implements KeyValueIterator<String, byte[]> {
        private final Iterator<Map.Entry<String, byte[]>> entries;

        Entries(Iterator<Map.Entry<String, byte[]>> entries) {
            this.entries = entries;
            open++;
        }

        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public KeyValue<String, byte[]> next() {
            if (iterated == closesAfter) {
                throw new InvalidStateStoreException("closed");
            }
            iterated++;
            var entry = entries.next();
            return KeyValue.pair(entry.getKey(), entry.getValue());
        }

        @Override
        public String peekNextKey() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            open--;
        }
    }

    @Override
    public byte[] putIfAbsent(String key, byte[] value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] delete(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long approximateNumEntries() {
        return map.size();
    }

    @Override
    public String name() {
        return ControlView.STORE;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {}

    @Override
    public void commit(Map<TopicPartition, Long> offsets) {}

    /** The same records in another store; this one is closed. */
    MapStore again() {
        var again = new MapStore();
        again.map.putAll(map);
        close();
        return again;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    /** What is kept of the resources, without the store's own records. */
    List<String> keys() {
        return Collections.unmodifiableList(
                map.keySet().stream().filter(key -> !key.startsWith("/")).toList());
    }
}
