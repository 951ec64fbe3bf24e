package dev.turnpike.webhook.send;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Accepts webhooks over TLS, with a certificate made for one name. */
final class HttpsReceiver implements AutoCloseable {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KeyStore certificate;
    private final SSLServerSocket listener;
    private final AtomicInteger requests = new AtomicInteger();

    private HttpsReceiver(KeyStore certificate, SSLServerSocket listener) {
        this.certificate = certificate;
        this.listener = listener;
    }

    /**
     * @param keytoolOptions further options of the certificate, such as its first day
     */
    static HttpsReceiver start(String name, Path directory, String... keytoolOptions)
            throws Exception {
        var certificate = certificate(name, directory.resolve(name + ".p12"), keytoolOptions);
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(certificate, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        var listener =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var receiver = new HttpsReceiver(certificate, listener);
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

    /** A client's side that trusts this receiver's certificate as an authority. */
    SSLSocketFactory trusting() throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", certificate.getCertificate("receiver"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static KeyStore certificate(String name, Path file, String... options)
            throws Exception {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "receiver",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "SAN=dns:" + name,
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                new String(PASSWORD)));
        command.addAll(Arrays.asList(options));
        var made = new ProcessBuilder(command).inheritIO().start();
        if (!made.waitFor(60, TimeUnit.SECONDS) || made.exitValue() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
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
