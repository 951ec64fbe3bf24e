package dev.turnpike.testkit.net;

import dev.turnpike.testkit.http.LoopbackServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server on loopback and spoils the connection as told: delay,
 * bandwidth and silence per direction, resets, refusals. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private final int target;
    private final Direction toServer = new Direction();
    private final Direction toClient = new Direction();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final LoopbackServer server;
    private volatile boolean refusing;

    private TcpProxy(int port, int target) {
        this.target = target;
        server = LoopbackServer.start(port, (client, _) -> relay(client));
    }

    /**
     * @param target the server's port on loopback; it need not be listening yet
     */
    public static TcpProxy to(int target) {
        return new TcpProxy(0, target);
    }

    /**
     * @param port where the proxy listens
     * @param target as above
     */
    public static TcpProxy start(int port, int target) {
        return new TcpProxy(port, target);
    }

    public int port() {
        return server.port();
    }

    /** What happens to bytes from clients to the server. */
    public Direction toServer() {
        return toServer;
    }

    /** What happens to bytes from the server to clients. */
    public Direction toClient() {
        return toClient;
    }

    /** Silence in both directions, or its end. */
    public void blackhole(boolean on) {
        toServer.blackhole(on);
        toClient.blackhole(on);
    }

    /** While true, new connections are reset as soon as they are made. */
    public void refuse(boolean on) {
        refusing = on;
    }

    /** Ends every open connection with a TCP reset on both sides. */
    public void resetAll() {
        sockets.forEach(TcpProxy::reset);
    }

    @Override
    public void close() {
        sockets.forEach(TcpProxy::reset);
        server.close();
    }

    private void relay(Socket client) throws IOException {
        if (refusing) {
            reset(client);
            return;
        }
        try (var upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
            upstream.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(upstream);
            var back = Thread.ofVirtual().start(() -> pump(upstream, client, toClient));
            pump(client, upstream, toServer);
            back.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(client);
            sockets.removeIf(Socket::isClosed);
        }
    }

    /** Copies until the end of one direction, which is passed on; a break ends both. */
    private static void pump(Socket from, Socket to, Direction direction) {
        var buffer = new byte[Direction.SLICE_BYTES_MAX];
        try {
            while (true) {
                int count = from.getInputStream().read(buffer, 0, direction.slice());
                if (count < 0) {
                    to.shutdownOutput();
                    return;
                }
                direction.hold(count);
                to.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException broken) {
            reset(from);
            reset(to);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException closedAlready) {
            // Nothing is left to reset.
        }
    }
}
