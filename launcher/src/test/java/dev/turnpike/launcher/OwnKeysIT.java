package dev.turnpike.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.ControlClient.Got;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys of the operator's own making: registered under a signature, and bound like minted ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OwnKeysIT {
    private static final String OWN = "sk/live.Q7dX2mPz-%s-9LkV4tRwB8nYc3Hs";

    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        replica =
                ControlReplica.start(
                        broker.bootstrapServers(),
                        directory,
                        Map.of(
                                "owner-key",
                                ControlReplica.OWNER_KEY,
                                "branding.header-prefix",
                                "X-Acme"));
        client = replica.client();
    }

    @AfterAll
    void stop() {
        client.close();
        replica.close();
        broker.close();
    }

    @Test
    void aKeyIsRegisteredListedAndRevokedByItsPrefix() throws GeneralSecurityException {
        var path = "groups/" + group("own") + "/api_keys";
        var own = OWN.formatted("one");
        var body = "{\"key\":\"" + own + "\", \"name\":\"mine\"}";
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

        var early = register(path, body, sign(pair, body.getBytes(UTF_8)), null);
        assertThat(early.status()).isEqualTo(400);
        assertThat(early.text("/error/message"))
                .isEqualTo("Must configure a public key before registering API keys");

        var added = client.post("registration_keys", publicKey(pair));
        assertThat(added.status()).as("%s", added.body()).isEqualTo(200);
        assertThat(client.post("registration_keys", publicKey(pair)).status()).isEqualTo(400);
        var signer = "registration_keys/" + added.text("/id");
        assertThat(client.get(signer).body()).isEqualTo(added.body());
        assertThat(client.get("registration_keys").body().at("/items")).hasSize(1);

        var forged = register(path, body + " ", sign(pair, body.getBytes(UTF_8)), null);
        assertThat(forged.status()).isEqualTo(400);
        assertThat(forged.text("/error/message")).isEqualTo("Signature verification failed");

        var done = register(path, body, sign(pair, body.getBytes(UTF_8)), null);
        assertThat(done.body().toString()).isEqualTo("{\"ok\":true}");

        var again = register(path, body, sign(pair, body.getBytes(UTF_8)), null);
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.text("/error/param")).isEqualTo("key");

        var item = client.get(path).body().at("/items/0");
        assertThat(item.path("prefix").asText()).isEqualTo(own.substring(0, 16));
        assertThat(item.path("registered_under").asText()).isEqualTo(added.text("/id"));
        assertThat(item.toString()).doesNotContain("9LkV4");
        var one = path + "/" + URLEncoder.encode(own.substring(0, 16), UTF_8);
        assertThat(client.get(one).text("/name")).isEqualTo("mine");
        assertThat(client.delete(one).text("/prefix")).isEqualTo(own.substring(0, 16));
        assertThat(client.get(one).status()).isEqualTo(404);
        assertThat(client.delete(one).status()).isEqualTo(404);

        assertThat(client.delete(signer).status()).isEqualTo(200);
        assertThat(client.get(signer).status()).isEqualTo(404);
        timestampIsSignedToo(path);
    }

    private void timestampIsSignedToo(String path) throws GeneralSecurityException {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var strict =
                publicKey(pair).replace("}", ",\"require_timestamp\":true,\"name\":\"strict\"}");
        assertThat(client.post("registration_keys", strict).status()).isEqualTo(200);
        var body = "{\"key\":\"" + OWN.formatted("two").replace("Q7", "Z7") + "\"}";
        var now = String.valueOf(Instant.now().getEpochSecond());

        var bare = register(path, body, sign(pair, body.getBytes(UTF_8)), null);
        assertThat(bare.text("/error/message")).isEqualTo("Signature verification failed");
        var covered = now + "\nPOST\n/v1/gateway/" + path + "/register\n" + body;
        var timed = register(path, body, sign(pair, covered.getBytes(UTF_8)), now);
        assertThat(timed.body().toString()).isEqualTo("{\"ok\":true}");
    }

    @Test
    void whatAKeyIsBoundToIsShownAndFaultsAreNamed() {
        var path = "groups/" + group("bound") + "/api_keys";
        var bounds =
                """
                {"name":"n","expires_at":"2036-01-01T00:00:00Z","models":["acme/m"],
                 "allowed_addresses":["10.0.0.0/8"],
                 "allowed_times":{"time_zone":"Europe/Berlin",
                  "windows":[{"days":["MONDAY","TUESDAY"],"from":"08:00","to":"18:30"}]}}
                """;
        var minted = client.post(path, bounds);
        var read = client.get(path + "/" + minted.text("/prefix"));

        assertThat(read.text("/expires_at")).isEqualTo("2036-01-01T00:00:00Z");
        assertThat(read.text("/models/0")).isEqualTo("acme/m");
        assertThat(read.text("/allowed_addresses/0")).isEqualTo("10.0.0.0/8");
        assertThat(read.text("/allowed_times/time_zone")).isEqualTo("Europe/Berlin");
        assertThat(read.text("/allowed_times/windows/0/days/1")).isEqualTo("TUESDAY");
        assertThat(read.text("/allowed_times/windows/0/to")).isEqualTo("18:30");
        assertThat(read.body().path("registered_under").isNull()).isTrue();
        fault(path, bounds.replace("Europe/Berlin", "Mars/Olympus"), "allowed_times.time_zone");
        fault(path, bounds.replace("08:00", "8:00"), "allowed_times.windows[0].from");
        fault(path, bounds.replace("18:30", "24:30"), "allowed_times.windows[0].to");
        fault(path, bounds.replace("TUESDAY", "MONDAY"), "allowed_times.windows[0].days");
        fault(path, bounds.replace("10.0.0.0/8", "10.0.0.0/40"), "allowed_addresses[0]");
        fault(path, bounds.replace("acme/m", "acme/other"), "models[0]");
        fault(path, bounds.replace("2036", "2006"), "expires_at");
    }

    private void fault(String path, String body, String param) {
        var got = client.post(path, body);
        assertThat(got.status()).as(param).isEqualTo(400);
        assertThat(got.text("/error/param")).isEqualTo(param);
    }

    private Got register(String path, String body, String signature, @Nullable String timestamp) {
        var headers =
                timestamp == null
                        ? Map.of("X-Acme-Signature", signature)
                        : Map.of("X-Acme-Signature", signature, "X-Acme-Timestamp", timestamp);
        return client.send("POST", path + "/register", body, headers);
    }

    private String group(String name) {
        var body =
                "{\"metadata\":{\"external_entity_id\":\"%s\"},\"models\":[{\"slug\":\"acme/m\"}]}";
        return client.post("groups", body.formatted(name)).text("/id");
    }

    private static String publicKey(KeyPair pair) {
        var encoded = pair.getPublic().getEncoded();
        var raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return "{\"public_key\":\"" + Base64.getEncoder().encodeToString(raw) + "\"}";
    }

    private static String sign(KeyPair pair, byte[] message) throws GeneralSecurityException {
        var signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(message);
        return Base64.getEncoder().encodeToString(signer.sign());
    }
}
