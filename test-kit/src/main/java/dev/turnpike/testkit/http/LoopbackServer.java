package dev.turnpike.testkit.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Accepts connections on loopback and serves each on a virtual thread of its own. Thread-safe. A
 * server closed and started again on the same port stands for one that was down for a while.
 */
public final class LoopbackServer implements AutoCloseable {
    /** Connections open at once; more are closed at once. */
    public static final int CONNECTIONS_MAX = 10_000;

    private static final int BACKLOG = 1_024;

    /** Serves one connection; it is closed when this returns or throws. */
    @FunctionalInterface
    public interface Connection {
        /**
         * @param stopping tells whether the server is being closed
         */
        void serve(Socket socket, BooleanSupplier stopping) throws IOException;
    }

    private final ServerSocket listener;
    private final Connection connection;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closed;

    private LoopbackServer(ServerSocket listener, Connection connection) {
        this.listener = listener;
        this.connection = connection;
    }

    /**
     * @param port where to listen, or 0 for any
     * @throws UncheckedIOException if the port is taken
     */
    public static LoopbackServer start(int port, Connection connection) {
        try {
            var listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            var server = new LoopbackServer(listener, connection);
            server.threads.execute(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port, e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    private boolean closed() {
        return closed;
    }

    /** Stops listening, closes every connection and waits for their threads. */
    @Override
    public void close() {
        closed = true;
        closeQuietly(listener);
        open.forEach(LoopbackServer::closeQuietly);
        threads.shutdownNow();
        threads.close();
    }

    private void accept() {
        while (!closed) {
            try {
                var socket = listener.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                if (closed || open.size() > CONNECTIONS_MAX) {
                    drop(socket);
                } else {
                    threads.execute(() -> serve(socket));
                }
            } catch (IOException stopped) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try {
            connection.serve(socket, this::closed);
        } catch (IOException gone) {
            // The peer broke the connection or sent what is not HTTP: nothing is left to say to it.
        } finally {
            drop(socket);
        }
    }

    private void drop(Socket socket) {
        closeQuietly(socket);
        open.remove(socket);
    }

    private static void closeQuietly(Closeable resource) {
        try {
            resource.close();
        } catch (IOException closedAnyway) {
            // The descriptor is gone in every case.
        }
    }
}
