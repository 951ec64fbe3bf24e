package dev.turnpike.webhook.send;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Accepts webhooks over TLS. */
final class HttpsReceiver implements AutoCloseable {
    private final SSLServerSocket listener;
    private final AtomicInteger requests = new AtomicInteger();

    private HttpsReceiver(SSLServerSocket listener) {
        this.listener = listener;
    }

    static HttpsReceiver start(SSLContext certificate) throws IOException {
        var listener =
                (SSLServerSocket)
                        certificate
                                .getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var receiver = new HttpsReceiver(listener);
        Thread.ofVirtual().start(receiver::accept);
        return receiver;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Requests that arrived whole. */
    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                var socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            return; // It is closed.
        }
    }

    private void serve(Socket accepted) {
        try (var socket = accepted) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            int length = 0;
            for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.startsWith("content-length: ")) {
                    length = Integer.parseInt(line.substring("content-length: ".length()));
                }
            }
            for (int read = 0; read < length; read++) {
                if (in.read() < 0) {
                    return;
                }
            }
            requests.incrementAndGet();
            socket.getOutputStream()
                    .write(
                            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return; // The sender did not like the certificate.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
