package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.upstream.Deadlines;
import dev.turnpike.edge.upstream.Limits;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.testkit.ManualClock;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceTokensIT {
    private static final long SOON = Duration.ofSeconds(5).toNanos();
    private static final Deadlines DEADLINES = new Deadlines(SOON, SOON, SOON, SOON);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-01T12:00:00Z"));
    private final ScriptedUpstream endpoint = ScriptedUpstream.start();
    private final UpstreamClient client =
            new UpstreamClient(
                    AddressPolicy.allowPrivate(),
                    Limits.DEFAULT,
                    System::nanoTime,
                    (SSLSocketFactory) SSLSocketFactory.getDefault());
    private final ServiceTokens tokens =
            new ServiceTokens(client, OutboundUrl.Policy.HTTP_ALLOWED, clock);
    private KeyPair pair;

    @BeforeEach
    void makeKey() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        pair = generator.generateKeyPair();
    }

    @AfterEach
    void close() {
        client.close();
        endpoint.close();
    }

    @Test
    void aSignedAssertionIsExchangedOnceForATokenThatIsKept() throws Exception {
        answers(200, "{\"access_token\":\"ya29.first\",\"expires_in\":3600}");
        var account = account();

        for (int i = 0; i < 3; i++) {
            assertThat(tokens.token(account, DEADLINES)).isEqualTo("ya29.first");
        }

        assertThat(endpoint.ledger().requests()).hasSize(1);
        var sent = endpoint.ledger().requests().getFirst().request().text();
        assertThat(sent)
                .startsWith(
                        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=");
        var parts = sent.substring(sent.lastIndexOf('=') + 1).split("\\.");
        var claims = Json.parse(Base64.getUrlDecoder().decode(parts[1]));
        assertThat(claims.path("iss").asText()).isEqualTo("robot@project.example");
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(3_600);
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(pair.getPublic());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    @Test
    void aTokenIsRenewedBeforeItEnds() throws Exception {
        answers(200, "{\"access_token\":\"first\",\"expires_in\":3600}");
        var account = account();
        assertThat(tokens.token(account, DEADLINES)).isEqualTo("first");
        answers(200, "{\"access_token\":\"second\",\"expires_in\":3600}");

        clock.advance(Duration.ofHours(1).minus(ServiceTokens.SPARE).minusSeconds(1));
        assertThat(tokens.token(account, DEADLINES)).isEqualTo("first");
        clock.advance(Duration.ofSeconds(2));
        assertThat(tokens.token(account, DEADLINES)).isEqualTo("second");
    }

    @Test
    void whatIsNoKeyFileIsATokenItself() throws Exception {
        assertThat(tokens.token(new Secret(" ya29.own "), DEADLINES)).isEqualTo("ya29.own");
        assertThat(endpoint.ledger().requests()).isEmpty();
    }

    @Test
    void aRefusalIsAFaultThatShowsNothingSecret() throws Exception {
        answers(400, "{\"error\":\"invalid_grant\"}");
        var account = account();

        assertThatThrownBy(() -> tokens.token(account, DEADLINES))
                .isInstanceOf(UpstreamFaultException.class)
                .hasMessageContaining("400")
                .hasMessageNotContaining("PRIVATE");
        assertThatThrownBy(() -> tokens.token(new Secret("{\"a\":1}"), DEADLINES))
                .isInstanceOf(UpstreamFaultException.class);
    }

    private void answers(int status, String body) {
        endpoint.answer(request ->
                Script.answer("token", status, Map.of("content-type", "application/json"), body));
    }

    private Secret account() {
        var pem =
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n";
        var file =
                Json.object()
                        .put("type", "service_account")
                        .put("client_email", "robot@project.example")
                        .put("private_key_id", "k1")
                        .put("private_key", pem)
                        .put("token_uri", endpoint.baseUrl().replace("/v1", "/token"));
        return new Secret(new String(Json.bytes(file), StandardCharsets.UTF_8));
    }
}
