package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.AddressRefused;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ConnectFailed;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.AddressRefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Opens connections: resolves once, asks the address policy about every answer, connects to an
 * address that was checked, and speaks TLS for the name that was asked for.
 */
final class Connector {
    /** Addresses of one name tried for one connection. */
    static final int ADDRESSES_MAX = 4;

    /** Name look-ups running at once; the system's resolver cannot be interrupted. */
    static final int LOOKUPS_MAX = 64;

    private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] APPLICATION = {"http/1.1"};

    private final AddressPolicy policy;
    private final SSLSocketFactory tls;
    private final Watchdog watchdog;
    private final Semaphore lookups = new Semaphore(LOOKUPS_MAX);

    Connector(AddressPolicy policy, SSLSocketFactory tls, Watchdog watchdog) {
        this.policy = policy;
        this.tls = tls;
        this.watchdog = watchdog;
    }

    Connection connect(Origin origin, CallTimer timer) throws UpstreamFaultException {
        timer.restart();
        var addresses = resolve(origin.host(), timer);
        IOException last = null;
        for (int i = 0; i < addresses.size() && i < ADDRESSES_MAX; i++) {
            var address = addresses.get(i);
            try {
                return dial(origin, address, timer);
            } catch (UpstreamFaultException e) {
                throw e;
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new UpstreamFaultException(new Cancelled());
                }
                // What a certificate is like says more than that another address is closed.
                last = last instanceof SSLException ? last : e;
            }
        }
        timer.left(Stage.CONNECT);
        throw failed(last == null ? "no address" : reason(last));
    }

    private Connection dial(Origin origin, InetAddress address, CallTimer timer)
            throws IOException {
        long left = timer.left(Stage.CONNECT);
        var raw = new Socket();
        boolean handedOver = false;
        try {
            raw.setTcpNoDelay(true);
            raw.connect(new InetSocketAddress(address, origin.port()), CallTimer.millis(left));
            var connection =
                    new Connection(
                            origin,
                            raw,
                            origin.secure() ? secured(raw, origin, timer) : raw,
                            watchdog);
            handedOver = true;
            return connection;
        } catch (SocketTimeoutException e) {
            throw timer.timedOut(Stage.CONNECT);
        } finally {
            if (!handedOver) {
                raw.close();
            }
        }
    }

    private Socket secured(Socket raw, Origin origin, CallTimer timer) throws IOException {
        var socket = (SSLSocket) tls.createSocket(raw, origin.host(), origin.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(TLS_VERSIONS);
        parameters.setApplicationProtocols(APPLICATION);
        socket.setSSLParameters(parameters);
        try (var guard = watchdog.arm(() -> closeQuietly(raw), timer.left(Stage.CONNECT))) {
            try {
                socket.startHandshake();
            } catch (IOException e) {
                if (guard.fired()) {
                    throw timer.timedOut(Stage.CONNECT);
                }
                throw e;
            }
        }
        return socket;
    }

    private List<InetAddress> resolve(String host, CallTimer timer) throws UpstreamFaultException {
        try {
            if (!lookups.tryAcquire(timer.left(Stage.CONNECT), TimeUnit.NANOSECONDS)) {
                throw timer.timedOut(Stage.CONNECT);
            }
            var lookup = begun(host);
            return lookup.get(timer.left(Stage.CONNECT), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamFaultException(new Cancelled());
        } catch (TimeoutException e) {
            throw timer.timedOut(Stage.CONNECT);
        } catch (ExecutionException e) {
            throw lookupFault(e);
        }
    }

    /** Gives back what was taken for it if it cannot begin; else it does so itself. */
    private FutureTask<List<InetAddress>> begun(String host) {
        boolean begun = false;
        try {
            var lookup = new FutureTask<>(() -> policy.resolve(host));
            Thread.ofVirtual().name("upstream-lookup").start(() -> lookUp(lookup));
            begun = true;
            return lookup;
        } finally {
            if (!begun) {
                lookups.release();
            }
        }
    }

    private void lookUp(FutureTask<List<InetAddress>> lookup) {
        try {
            lookup.run();
        } finally {
            lookups.release();
        }
    }

    private static UpstreamFaultException lookupFault(ExecutionException failed) {
        return switch (failed.getCause()) {
            case AddressRefusedException e ->
                    new UpstreamFaultException(new AddressRefused(e.reason()));
            case UnknownHostException _ -> failed("name does not resolve");
            case IOException e -> failed(reason(e));
            case null, default -> throw new IllegalStateException("look-up failed", failed);
        };
    }

    private static UpstreamFaultException failed(String reason) {
        return new UpstreamFaultException(new ConnectFailed(reason));
    }

    private static String reason(IOException cause) {
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is being given up; the blocked step fails in any case.
            return;
        }
    }
}
