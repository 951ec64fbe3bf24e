package dev.turnpike.edge.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that says exactly the bytes it is told, one behaviour a connection, in order. */
final class RawServer implements AutoCloseable {
    private final ServerSocket server;
    private final Queue<Behaviour> behaviours = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Integer> closedByPeer = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Thread acceptor;

    /** What happens on one connection. */
    interface Behaviour {
        void play(Wire wire) throws IOException, InterruptedException;
    }

    RawServer(ServerSocket server) {
        this.server = server;
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    static RawServer start() throws IOException {
        return new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /** The requests read so far, heads and bodies as sent. */
    BlockingQueue<String> requests() {
        return requests;
    }

    /** Gets a number each time a client closes a connection while the server waits for that. */
    BlockingQueue<Integer> closedByPeer() {
        return closedByPeer;
    }

    RawServer then(Behaviour behaviour) {
        behaviours.add(behaviour);
        return this;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        var behaviour = behaviours.poll();
        try (socket) {
            if (behaviour != null) {
                behaviour.play(new Wire(socket));
            }
        } catch (IOException e) {
            closedByPeer.add(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            // Until nobody accepts any more, the port is open.
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (var socket : sockets) {
            socket.close();
        }
    }

    /** One connection, as seen by the server. */
    final class Wire {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        private Wire(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /** Reads a request with a content-length of up to four digits. */
        Wire request() throws IOException {
            var text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                text.append((char) one());
            }
            int at = text.indexOf("content-length: ");
            if (at >= 0) {
                int end = text.indexOf("\r\n", at);
                int left = Integer.parseInt(text.substring(at + 16, end));
                for (int i = 0; i < left; i++) {
                    text.append((char) one());
                }
            }
            requests.add(text.toString());
            return this;
        }

        /** Reads the head of a request and leaves its body unread. */
        Wire head() throws IOException {
            var text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                text.append((char) one());
            }
            requests.add(text.toString());
            return this;
        }

        private int one() throws IOException {
            int b = in.read();
            if (b < 0) {
                throw new IOException("closed by the client");
            }
            return b;
        }

        Wire say(String bytes) throws IOException {
            out.write(bytes.getBytes(ISO_8859_1));
            out.flush();
            return this;
        }

        /** Blocks until the client closes. */
        void untilClosed() throws IOException {
            while (in.read() >= 0) {
                continue;
            }
            closedByPeer.add(0);
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
