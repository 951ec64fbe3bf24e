package dev.turnpike.runtime.http;

import io.helidon.webserver.http.ServerRequest;

/** Whether the client that sent a request still waits for its answer. */
@FunctionalInterface
public interface ClientPresence {
    /**
     * As far as can be told without sending anything. Answers at once. Ask only while the body of
     * the request is read and the reply is not finished.
     */
    boolean present();

    /** The client of a request. */
    static ClientPresence of(ServerRequest request) {
        var connection = ClientConnection.of(request);
        if (connection.isPresent()) {
            return connection.get()::present;
        }
        int stream = request.id();
        return SeenHttp2.frames(request)
                .<ClientPresence>map(frames -> () -> frames.present(stream))
                .orElse(() -> true);
    }
}
