package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.launcher.contract.WhiteLabel;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several host names on one gateway: what is seen under each, and the certificate it shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DomainsIT {
    private static final String UNNAMED = "default.example";

    private GatewayRig rig;
    private String key;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException, IOException {
        var otherwise = TestCertificate.of(UNNAMED, "RSA");
        Files.writeString(directory.resolve("default.crt"), otherwise.chain());
        Files.writeString(directory.resolve("default.key"), otherwise.key());
        var settings = new HashMap<>(WhiteLabel.SETTINGS);
        settings.put("edge.tls.enabled", "true");
        settings.put("edge.tls.certificate-file", directory.resolve("default.crt").toString());
        settings.put("edge.tls.private-key-file", directory.resolve("default.key").toString());
        rig = new GatewayRig(directory, settings);
        rig.publish("alpha/good", "good");
        rig.publish("beta/good", "good");
        var group = rig.group("both", "alpha/good", "beta/good");
        key = rig.made("groups/" + group + "/api_keys", "{}").path("api_key").asText();
        Eventually.await(
                GatewayRig.PATIENCE,
                "the key and its models are known",
                () -> models("elsewhere.example").body().contains("beta/good"));
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    @Test
    void aHostSeesTheSlugsOfItsPrefixesAndNoOthers() {
        rig.made("domains", domain("models.alpha.example", null));
        var host = "Models.Alpha.Example:8443";

        Eventually.await(
                GatewayRig.PATIENCE,
                "the host is known",
                () -> !models(host).body().contains("beta/good"));
        assertThat(models(host).body()).contains("alpha/good");
        assertThat(models("elsewhere.example").body()).contains("alpha/good", "beta/good");
        assertThat(get("/v1/models/alpha/good", host).status()).isEqualTo(200);
        assertThat(get("/v1/models/beta/good", host).status()).isEqualTo(404);
        assertThat(chat("alpha/good", host).status()).isEqualTo(200);
        var unseen = chat("beta/good", host);
        assertThat(unseen.status()).isEqualTo(404);
        assertThat(unseen.body()).contains("model_not_found");

        assertThat(rig.client.patch("domains/models.alpha.example", "{\"prefixes\":[]}").status())
                .isEqualTo(200);
        Eventually.await(
                GatewayRig.PATIENCE,
                "nothing is seen",
                () -> !models(host).body().contains("alpha/good"));
        assertThat(rig.client.delete("domains/models.alpha.example").status()).isEqualTo(200);
        Eventually.await(
                GatewayRig.PATIENCE,
                "the host is like any other",
                () -> models(host).body().contains("beta/good"));
    }

    @Test
    void aHostShowsItsOwnCertificateAndTheNextOneWithoutARestart() throws IOException {
        var first = TestCertificate.of("tls.alpha.example", "EC");
        var second = TestCertificate.of("*.alpha.example", "RSA");
        assertThat(shown("tls.alpha.example")).contains(UNNAMED);

        var made = rig.client.post("domains", domain("tls.alpha.example", first));
        assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        assertThat(made.body().toString()).doesNotContain("BEGIN PRIVATE");
        Eventually.await(
                GatewayRig.PATIENCE,
                "the host's own certificate",
                () -> shown("tls.alpha.example").equals("tls.alpha.example"));
        assertThat(shown("other.example")).isEqualTo(UNNAMED);
        assertThat(shown(null)).isEqualTo(UNNAMED);

        var nobody = rig.client.post("domains/tls.nobody.example/rotate_certificate", pair(second));
        assertThat(nobody.status()).as("%s", nobody.body()).isEqualTo(404);
        var rotated = rig.client.post("domains/tls.alpha.example/rotate_certificate", pair(second));
        assertThat(rotated.text("/certificate/fingerprint"))
                .isNotEqualTo(made.text("/certificate/fingerprint"));
        Eventually.await(
                GatewayRig.PATIENCE,
                "the next certificate",
                () -> shown("tls.alpha.example").equals("*.alpha.example"));
        var reply = overTls("tls.alpha.example", "tls.alpha.example");
        assertThat(reply).contains("200 OK").contains("alpha/good").doesNotContain("beta/good");
        WhiteLabel.checkText("over TLS", reply);
        assertThat(rig.client.get("domains/TLS.Alpha.Example").body()).isEqualTo(rotated.body());
        connectionsAreOfTheHostThatIsAskedFor();
        assertThat(rig.client.get("audit_events").body().toString()).doesNotContain("PRIVATE KEY");
    }

    /** Beside a domain whose certificate is good for all below it. */
    private void connectionsAreOfTheHostThatIsAskedFor() throws IOException {
        var ownOnly = TestCertificate.of("tls.beta.example", "EC");
        rig.made("domains", domain("tls.beta.example", ownOnly));
        rig.made("domains", domain("covered.alpha.example", null));
        Eventually.await(
                GatewayRig.PATIENCE,
                "both hosts are known",
                () ->
                        shown("tls.beta.example").equals("tls.beta.example")
                                && !models("covered.alpha.example").body().contains("beta/good"));

        var crossed = overTls("tls.beta.example", "TLS.alpha.example:443");
        assertThat(crossed).contains(" 421 ", "misdirected_request").doesNotContain("alpha/good");
        WhiteLabel.checkText("over TLS", crossed);
        assertThat(overTls("tls.alpha.example", "tls.beta.example")).contains(" 421 ");
        assertThat(overTls("tls.beta.example", "tls.beta.example")).contains("200 OK");
        assertThat(overTls("tls.alpha.example", "covered.alpha.example")).contains("200 OK");
        assertThat(overTls("other.example", "tls.beta.example")).contains("200 OK");
        assertThat(overTls("tls.beta.example", "other.example")).contains("200 OK");
        assertThat(rig.client.delete("domains/TLS.beta.example").text("/host"))
                .isEqualTo("tls.beta.example");
    }

    @Test
    void whatIsNoHandshakeIsToldNothing() throws Exception {
        WhiteLabel.checkWire(rig.edge.tlsPort().orElseThrow());
        assertThat(overTls("other.example", "nobody.example HTTP/1.1\r\nbad header"))
                .contains("400")
                .satisfies(reply -> WhiteLabel.checkText("over TLS", reply));
    }

    @Test
    void aClientThatOffersOnlyWhatTheCertificateCannotDoIsTurnedAway() {
        assertThatThrownBy(() -> connect("x.example", new String[] {"TLSv1.1"}))
                .isInstanceOfAny(SSLHandshakeException.class, IllegalArgumentException.class);
    }

    @Test
    void aCertificateThatCannotServeTheHostIsRefusedWithTheFieldAtFault() {
        var right = TestCertificate.of("bad.example", "EC");
        var other = TestCertificate.of("bad.example", "EC");
        var rsa = TestCertificate.of("good.example", "RSA");
        var mixed = new TestCertificate(right.chain(), other.key());

        fault("certificate_chain", domain("bad.example", rsa));
        fault("private_key", domain("bad.example", mixed));
        fault("private_key", domain("bad.example", new TestCertificate(right.chain(), "x")));
        fault("certificate_chain", domain("bad.example", new TestCertificate("x", right.key())));
        fault("private_key", domain("bad.example", right).replace("\"private_key\"", "\"x\""));
        for (var host :
                List.of("", "a", "10.0.0.1", "a..b", "-a.example", "a.example:1", "*.a.b")) {
            fault("host", domain(host, null));
        }
        fault("prefixes[0]", domain("bad.example", null).replace("\"alpha\"", "\"a/b\""));
        fault("prefixes[1]", domain("bad.example", null).replace("]", ",\"alpha\"]"));
        assertThat(rig.client.get("domains/bad.example").status()).isEqualTo(404);
    }

    private void fault(String param, String body) {
        var got = rig.client.post("domains", body);
        assertThat(got.status()).as("%s %s", param, got.body()).isEqualTo(400);
        assertThat(got.text("/error/param")).isEqualTo(param);
        assertThat(got.body().toString()).doesNotContain("BEGIN PRIVATE");
    }

    private static String domain(String host, @Nullable TestCertificate certificate) {
        var json = Json.object().put("host", host);
        json.putArray("prefixes").add("alpha");
        if (certificate != null) {
            json.put("certificate_chain", certificate.chain());
            json.put("private_key", certificate.key());
        }
        return json.toString();
    }

    private static String pair(TestCertificate certificate) {
        return Json.object()
                .put("certificate_chain", certificate.chain())
                .put("private_key", certificate.key())
                .toString();
    }

    private Reply models(String host) {
        return get("/v1/models", host);
    }

    private Reply get(String path, String host) {
        return rig.call("GET", path, headers(host), "");
    }

    private Reply chat(String model, String host) {
        var body = "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        return rig.call("POST", "/v1/chat/completions", headers(host), body.formatted(model));
    }

    private Map<String, String> headers(String host) {
        return Map.of("host", host, "authorization", "Bearer " + key);
    }

    /** The name in the certificate shown to a client that asks for {@code host}. */
    private String shown(@Nullable String host) {
        try (var socket = connect(host, new String[] {"TLSv1.3", "TLSv1.2"})) {
            var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return String.valueOf(
                    certificate.getSubjectAlternativeNames().iterator().next().get(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String overTls(String name, String host) throws IOException {
        try (var socket = connect(name, new String[] {"TLSv1.3"})) {
            var request =
                    "GET /v1/models HTTP/1.1\r\nhost: "
                            + host
                            + "\r\nconnection: close\r\nauthorization: Bearer "
                            + key
                            + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private SSLSocket connect(@Nullable String name, String[] protocols) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, null);
            var plain =
                    new Socket(InetAddress.getLoopbackAddress(), rig.edge.tlsPort().orElseThrow());
            var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, 0, true);
            socket.setSoTimeout(10_000);
            var parameters = socket.getSSLParameters();
            parameters.setProtocols(protocols);
            if (name != null) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is shown is looked at here, not judged. */
    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
