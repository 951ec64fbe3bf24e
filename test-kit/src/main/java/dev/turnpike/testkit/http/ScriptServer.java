package dev.turnpike.testkit.http;

import dev.turnpike.testkit.http.Played.Ending;
import java.io.IOException;
import java.net.Socket;
import java.util.function.BooleanSupplier;

/** An HTTP/1.1 server with keep-alive that answers each request by a script. Thread-safe. */
public final class ScriptServer implements AutoCloseable {
    /** Chooses the script of a request, on the connection's thread. */
    @FunctionalInterface
    public interface Director {
        Script direct(ReceivedRequest request);
    }

    /** Hears of every request, on the connection's thread. */
    public interface Listener {
        /** Returns a number by which {@link #ended} knows the request; called before the answer. */
        int arrived(ReceivedRequest request, String script);

        /** Called once for each arrival, after the last byte was handed to the socket. */
        void ended(int number, Played played);
    }

    private final LoopbackServer server;

    private ScriptServer(LoopbackServer server) {
        this.server = server;
    }

    /**
     * @param port where to listen, or 0 for any
     */
    public static ScriptServer start(int port, Director director, Listener listener) {
        return new ScriptServer(
                LoopbackServer.start(
                        port, (socket, stopping) -> serve(socket, stopping, director, listener)));
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    private static void serve(
            Socket socket, BooleanSupplier stopping, Director director, Listener listener)
            throws IOException {
        var reader = new RequestReader(socket);
        for (var request = reader.next(); request.isPresent(); request = reader.next()) {
            var script = director.direct(request.get());
            int number = listener.arrived(request.get(), script.name());
            var played = new ScriptPlayer(socket, reader, stopping).play(script);
            listener.ended(number, played);
            if (played.ending() != Ending.WHOLE) {
                return;
            }
        }
    }
}
