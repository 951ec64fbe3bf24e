package dev.turnpike.edge.upstream;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Idle connections by origin; the one used last is used first. Safe for any number of threads. */
final class ConnectionPool {
    /** Origins remembered at once; connections to further ones are closed after use. */
    static final int ORIGINS_MAX = 4_096;

    private final ConcurrentHashMap<Origin, Shelf> shelves = new ConcurrentHashMap<>();
    private final AtomicInteger total = new AtomicInteger();
    private final Limits limits;
    private final long expiryNanos;
    private final LongSupplier nanoTime;
    private volatile boolean closed;

    ConnectionPool(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.expiryNanos = limits.idleExpiry().toNanos();
        this.nanoTime = nanoTime;
    }

    /** The idle connections to one origin, the oldest first. Its monitor guards it. */
    private static final class Shelf {
        private final ArrayDeque<Connection> idle = new ArrayDeque<>();
        private boolean takenDown;
    }

    /**
     * An idle connection that has not expired, or null.
     *
     * @param now by the pool's clock
     */
    @Nullable Connection take(Origin origin, long now) {
        var shelf = shelves.get(origin);
        if (shelf == null) {
            return null;
        }
        Connection newest;
        synchronized (shelf) {
            newest = shelf.idle.pollLast();
        }
        if (newest == null) {
            return null;
        }
        total.decrementAndGet();
        if (expired(newest, now)) {
            newest.abort();
            return null; // All others of the shelf are older.
        }
        return newest;
    }

    void give(Connection connection) {
        connection.idleSince(nanoTime.getAsLong());
        while (!closed) {
            var shelf = shelf(connection.origin());
            if (shelf == null) {
                break;
            }
            if (put(shelf, connection)) {
                if (closed) {
                    clear();
                }
                return;
            }
        }
        connection.abort();
    }

    /** The shelf of {@code origin}, or null when there are too many others. */
    private @Nullable Shelf shelf(Origin origin) {
        var known = shelves.get(origin);
        if (known != null || shelves.size() >= ORIGINS_MAX) {
            return known;
        }
        return shelves.computeIfAbsent(origin, _ -> new Shelf());
    }

    /** Keeps or closes the connection; false if the shelf was just taken down. */
    private boolean put(Shelf shelf, Connection connection) {
        synchronized (shelf) {
            if (shelf.takenDown) {
                return false;
            }
            if (shelf.idle.size() >= limits.idlePerTargetMax()) {
                connection.abort();
            } else if (total.incrementAndGet() > limits.idleTotalMax()) {
                total.decrementAndGet();
                connection.abort();
            } else {
                shelf.idle.addLast(connection);
            }
            return true;
        }
    }

    /** Closes what has been idle for too long, and forgets origins without connections. */
    void sweep() {
        long now = nanoTime.getAsLong();
        shelves.forEach((origin, shelf) -> {
            synchronized (shelf) {
                var oldest = shelf.idle.peekFirst();
                while (oldest != null && expired(oldest, now)) {
                    shelf.idle.removeFirst();
                    total.decrementAndGet();
                    oldest.abort();
                    oldest = shelf.idle.peekFirst();
                }
                if (shelf.idle.isEmpty()) {
                    takeDown(origin, shelf);
                }
            }
        });
    }

    /** Whoever has found it already looks for another. */
    private void takeDown(Origin origin, Shelf shelf) {
        shelf.takenDown = true;
        shelves.remove(origin, shelf);
    }

    int idleCount() {
        return total.get();
    }

    void close() {
        closed = true;
        clear();
    }

    private void clear() {
        shelves.forEach((origin, shelf) -> {
            synchronized (shelf) {
                total.addAndGet(-shelf.idle.size());
                shelf.idle.forEach(Connection::abort);
                shelf.idle.clear();
                takeDown(origin, shelf);
            }
        });
    }

    private boolean expired(Connection connection, long now) {
        return now - connection.idleSince() >= expiryNanos;
    }
}
