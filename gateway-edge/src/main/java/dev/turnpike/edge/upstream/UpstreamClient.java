package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.AddressRefused;
import dev.turnpike.edge.upstream.UpstreamFault.AnswerTooLarge;
import dev.turnpike.edge.upstream.UpstreamFault.BadResponse;
import dev.turnpike.edge.upstream.UpstreamFault.BodyLost;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ConnectFailed;
import dev.turnpike.edge.upstream.UpstreamFault.ResetBeforeFirstByte;
import dev.turnpike.edge.upstream.UpstreamFault.ResetMidBody;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import dev.turnpike.runtime.outbound.AddressPolicy;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * A blocking HTTP/1.1 client for virtual threads. It follows no redirect, uses no proxy, never
 * decompresses, and keeps idle connections within {@link Limits}. Safe for any number of threads.
 */
public final class UpstreamClient implements AutoCloseable {
    private static final long SWEEP_NANOS = 10_000_000_000L;

    /**
     * A connection idle for longer is read before it is used again, which costs up to 1 ms; one
     * used just now is only asked whether anything has come.
     */
    private static final long PEEK_AFTER_NANOS = 1_000_000_000L;

    private final Limits limits;
    private final LongSupplier nanoTime;
    private final ConnectionPool pool;
    private final Watchdog watchdog;
    private final Connector connector;
    private final ConnectLog connects;
    private final LongAdder opened = new LongAdder();

    /**
     * @param policy asked about every address, at connect time
     * @param nanoTime like {@link System#nanoTime}
     * @param tls makes TLS sockets, usually {@code SSLSocketFactory.getDefault()}
     */
    public UpstreamClient(
            AddressPolicy policy, Limits limits, LongSupplier nanoTime, SSLSocketFactory tls) {
        this(policy, limits, nanoTime, tls, ConnectLog.LOGGED);
    }

    UpstreamClient(
            AddressPolicy policy,
            Limits limits,
            LongSupplier nanoTime,
            SSLSocketFactory tls,
            ConnectLog.Lines lines) {
        this.connects = new ConnectLog(nanoTime, lines);
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.pool = new ConnectionPool(limits, nanoTime);
        this.watchdog = new Watchdog(nanoTime);
        this.connector = new Connector(policy, tls, watchdog);
        watchdog.every(SWEEP_NANOS, pool::sweep);
    }

    /** The same as the other with endless patience. */
    public UpstreamCall open(UpstreamRequest request, Deadlines deadlines)
            throws UpstreamFaultException {
        return open(request, deadlines, Patience.ENDLESS);
    }

    /**
     * Sends a request and reads the head of its answer. A pooled connection that breaks before any
     * byte of an answer came is replaced once by a fresh one; nothing else is retried.
     *
     * @param patience asked a few times a second while the upstream has not answered
     * @return to be closed by the caller on every path
     * @throws UpstreamFaultException if there is no answer; nothing is left open
     */
    public UpstreamCall open(UpstreamRequest request, Deadlines deadlines, Patience patience)
            throws UpstreamFaultException {
        var timer = new CallTimer(nanoTime, deadlines);
        var origin = request.to().origin();
        // What cannot be sent twice goes over no connection that may be dead already.
        var pooled = request.body().repeatable() ? pool.take(origin, timer.begun()) : null;
        if (pooled != null && alive(pooled, timer.begun())) {
            try {
                return exchange(pooled, request, timer, patience);
            } catch (UpstreamFaultException e) {
                if (!(e.fault() instanceof ResetBeforeFirstByte)) {
                    throw e;
                }
            }
        }
        opened.increment();
        var fresh = connect(origin, timer);
        timer.restart();
        return exchange(fresh, request, timer, patience);
    }

    private Connection connect(Origin origin, CallTimer timer) throws UpstreamFaultException {
        try {
            var connection = connector.connect(origin, timer);
            connects.connected(origin);
            return connection;
        } catch (UpstreamFaultException e) {
            switch (e.fault()) {
                case ConnectFailed(var reason) -> connects.failed(origin, reason);
                case AddressRefused(var reason) ->
                        connects.failed(origin, "address refused: " + reason);
                case TimedOut _,
                        ResetBeforeFirstByte _,
                        ResetMidBody _,
                        BadResponse _,
                        AnswerTooLarge _,
                        BodyLost _,
                        Cancelled _ -> {}
            }
            throw e;
        }
    }

    private UpstreamCall exchange(
            Connection connection, UpstreamRequest request, CallTimer timer, Patience patience)
            throws UpstreamFaultException {
        boolean handedOver = false;
        try {
            var exchange = new Exchange(connection, limits, timer, patience);
            var head = exchange.run(request, watchdog);
            var framing = BodyFraming.of(request.method(), head);
            var call = new HttpCall(connection, pool, timer, head, framing, exchange.sentWhole());
            handedOver = true;
            return call;
        } finally {
            if (!handedOver) {
                connection.abort();
            }
        }
    }

    /**
     * Whether the upstream has neither closed an idle connection, as far as is known, nor said
     * anything unasked: that would be taken for the answer to the next request.
     */
    private boolean alive(Connection connection, long now) {
        boolean recent = now - connection.idleSince() < PEEK_AFTER_NANOS;
        if (recent ? connection.untouched() : connection.quiet()) {
            return true;
        }
        connection.abort();
        return false;
    }

    /** Connections opened since the start. */
    public long connectionsOpened() {
        return opened.sum();
    }

    /** Connections idle now. */
    public int connectionsIdle() {
        return pool.idleCount();
    }

    /** Closes the idle connections. Calls in progress go on; their connections are not kept. */
    @Override
    public void close() {
        watchdog.close();
        pool.close();
    }
}
