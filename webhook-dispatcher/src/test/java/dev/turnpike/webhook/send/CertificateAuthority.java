package dev.turnpike.webhook.send;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** An authority of a test's own, made with the JDK's keytool. */
final class CertificateAuthority {
    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final Certificate certificate;

    /**
     * @param directory where its key is kept
     */
    CertificateAuthority(Path directory) throws Exception {
        this.directory = directory;
        var file = directory.resolve("authority.p12");
        keytool("-genkeypair", file, "authority", "-dname", "CN=authority", "-ext", "bc:c");
        certificate = load(file).getCertificate("authority");
    }

    /**
     * The server's side of a receiver.
     *
     * @param options of keytool for the certificate, such as its first day
     */
    SSLContext receiver(String name, String... options) throws Exception {
        var file = Files.createTempFile(directory, "receiver", ".p12");
        Files.delete(file); // Keytool wants to make it.
        var request = directory.resolve(file.getFileName() + ".csr").toString();
        var signed = directory.resolve(file.getFileName() + ".cer");
        keytool("-genkeypair", file, "receiver", "-dname", "CN=" + name);
        keytool("-certreq", file, "receiver", "-file", request);
        var sign = new ArrayList<>(List.of("-infile", request, "-outfile", signed.toString()));
        sign.addAll(List.of("-ext", "SAN=dns:" + name));
        sign.addAll(Arrays.asList(options));
        keytool(
                "-gencert",
                directory.resolve("authority.p12"),
                "authority",
                sign.toArray(String[]::new));
        return serving(load(file), signed);
    }

    /** A client's side that trusts this authority and nobody else. */
    SSLSocketFactory trusting() throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", certificate);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private SSLContext serving(KeyStore store, Path signed) throws Exception {
        var password = PASSWORD.toCharArray();
        var key = store.getKey("receiver", password);
        try (var in = Files.newInputStream(signed)) {
            var leaf = CertificateFactory.getInstance("X.509").generateCertificate(in);
            store.setKeyEntry("receiver", key, password, new Certificate[] {leaf, certificate});
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static KeyStore load(Path file) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static void keytool(String what, Path store, String alias, String... options)
            throws Exception {
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var command = new ArrayList<>(List.of(tool, what, "-alias", alias));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        if (what.equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC"));
        }
        command.addAll(Arrays.asList(options));
        var said = Files.createTempFile("keytool", ".txt");
        try {
            var made =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            if (!made.waitFor(60, TimeUnit.SECONDS) || made.exitValue() != 0) {
                throw new IllegalStateException("keytool: " + Files.readString(said));
            }
        } finally {
            Files.delete(said);
        }
    }
}
