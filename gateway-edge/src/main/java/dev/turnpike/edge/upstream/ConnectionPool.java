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

    private final ConcurrentHashMap<Origin, ArrayDeque<Connection>> idle =
            new ConcurrentHashMap<>();
    private final AtomicInteger total = new AtomicInteger();
    private final Limits limits;
    private final LongSupplier nanoTime;
    private volatile boolean closed;

    ConnectionPool(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** An idle connection that has not expired, or null. */
    @Nullable Connection take(Origin origin) {
        var stack = idle.get(origin);
        if (stack == null) {
            return null;
        }
        Connection newest;
        synchronized (stack) {
            newest = stack.pollLast();
        }
        if (newest == null) {
            return null;
        }
        total.decrementAndGet();
        if (expired(newest)) {
            newest.abort();
            return null; // All others of the stack are older.
        }
        return newest;
    }

    void give(Connection connection) {
        connection.idleSince(nanoTime.getAsLong());
        boolean known = idle.containsKey(connection.origin());
        if (closed || (!known && idle.size() >= ORIGINS_MAX)) {
            connection.abort();
            return;
        }
        idle.compute(
                connection.origin(),
                (_, stack) -> {
                    var target = stack == null ? new ArrayDeque<Connection>() : stack;
                    push(target, connection);
                    return target;
                });
        if (closed) {
            clear();
        }
    }

    private void push(ArrayDeque<Connection> stack, Connection connection) {
        synchronized (stack) {
            if (stack.size() >= limits.idlePerTargetMax()) {
                connection.abort();
            } else if (total.incrementAndGet() > limits.idleTotalMax()) {
                total.decrementAndGet();
                connection.abort();
            } else {
                stack.addLast(connection);
            }
        }
    }

    /** Closes what has been idle for too long, and forgets origins without connections. */
    void sweep() {
        for (var origin : idle.keySet()) {
            idle.computeIfPresent(origin, (_, stack) -> expire(stack) ? null : stack);
        }
    }

    private boolean expire(ArrayDeque<Connection> stack) {
        synchronized (stack) {
            for (var oldest = stack.peekFirst();
                    oldest != null && expired(oldest);
                    oldest = stack.peekFirst()) {
                stack.removeFirst();
                total.decrementAndGet();
                oldest.abort();
            }
            return stack.isEmpty();
        }
    }

    int idleCount() {
        return total.get();
    }

    void close() {
        closed = true;
        clear();
    }

    private void clear() {
        for (var origin : idle.keySet()) {
            var stack = idle.remove(origin);
            if (stack == null) {
                continue;
            }
            synchronized (stack) {
                total.addAndGet(-stack.size());
                stack.forEach(Connection::abort);
                stack.clear();
            }
        }
    }

    private boolean expired(Connection connection) {
        return nanoTime.getAsLong() - connection.idleSince() >= limits.idleExpiry().toNanos();
    }
}
