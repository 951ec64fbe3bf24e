package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.turnpike.edge.demo.DemoModel;
import dev.turnpike.edge.pipeline.CircuitBreaker.State;
import dev.turnpike.edge.upstream.Limits;
import dev.turnpike.edge.upstream.Patience;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.runtime.tls.TrustedAuthorities;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.testkit.tls.TestAuthority;
import dev.turnpike.testkit.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets that speak TLS, with certificates good and bad. */
class HttpsTargetsIT {
    private final TestAuthority authority = new TestAuthority("an authority of our own");
    private SSLSocketFactory trusting = TrustedAuthorities.known();

    @BeforeEach
    void nameTheAuthority(@TempDir Path directory) throws IOException, CertificateException {
        var file = directory.resolve("authorities.pem");
        Files.writeString(file, "# Ours\n" + authority.pem());
        trusting = TrustedAuthorities.with(file);
    }

    @Test
    void aTargetAnswersWhoseAuthorityTheOperatorHasNamed() throws IOException {
        try (var server = server(authority.issue("localhost"))) {
            var called = call(server.target(), new TargetHealth(System::nanoTime), trusting);

            assertThat(called.answer()).isInstanceOf(Answer.Accepted.class);
        }
    }

    @Test
    void aTargetWhoseAuthorityNobodyKnowsIsNotBelieved() throws IOException {
        refused(authority.issue("localhost"), TrustedAuthorities.known(), "certification path");
        refused(
                new TestAuthority("an authority of our own").issue("localhost"),
                trusting,
                "SSLHandshakeException");
    }

    @Test
    void aTargetThatShowsTheNameOfAnotherIsNotBelieved() throws IOException {
        refused(authority.issue("other.example"), trusting, "localhost");
    }

    @Test
    void aTargetWhoseCertificateIsOverIsNotBelieved() throws IOException {
        refused(authority.issueExpired("localhost"), trusting, "validity");
    }

    /** The client hears nothing of it, the operator the reason, and the target is left alone. */
    private static void refused(Issued shown, SSLSocketFactory tls, String reason)
            throws IOException {
        try (var server = server(shown)) {
            var health = new TargetHealth(System::nanoTime);
            for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
                var called = call(server.target(), health, tls);

                var failed = (Answer.Failed) called.answer();
                assertThat(failed.problem().code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
                assertThat(failed.problem().message()).isEqualTo("The model could not answer");
                var attempts = called.served().notAccepted(failed.outcome(), 502).attempts();
                assertThat(attempts).hasSize(1);
                assertThat(attempts.getFirst().error()).startsWith("connect failed: SSL");
                assertThat(attempts.getFirst().error()).contains(reason);
            }
            assertThat(health.of(server.target()).state()).isEqualTo(State.OPEN);
            assertThat(server.requests).isZero();
        }
    }

    private record Called(Answer answer, ServedRequest served) {}

    private static Called call(Target target, TargetHealth health, SSLSocketFactory tls) {
        var rig = new MoneyRig();
        var policy = AddressPolicy.allowPrivate();
        try (var client = new UpstreamClient(policy, Limits.DEFAULT, System::nanoTime, tls);
                var open = rig.open()) {
            var urls = OutboundUrl.Policy.HTTP_ALLOWED;
            var credentials =
                    new Credentials(
                            new ControlView(CompiledSchemas.INSTANCE, 1),
                            new Envelope(MasterKey.of(new byte[MasterKey.BYTES])));
            var targets =
                    new CallTargets(
                            new TargetClient(
                                    client,
                                    new UpstreamAddress(urls),
                                    credentials,
                                    new ServiceTokens(client, urls, rig.clock),
                                    new DemoModel(rig.clock)),
                            health,
                            MoneyRig.IDS,
                            new Random(1));
            var answer =
                    targets.apply(
                            new CallTargets.Request(
                                    CallTargetsTest.endpoint(List.of(target)),
                                    open,
                                    rig.asked,
                                    rig.served,
                                    Patience.ENDLESS,
                                    new Drains(System::nanoTime).leave(false)));
            if (answer instanceof Answer.Accepted accepted) {
                accepted.call().close();
            }
            return new Called(answer, rig.served);
        }
    }

    private static Server server(Issued shown) throws IOException {
        return new Server(shown);
    }

    /** An upstream behind TLS. */
    private static final class Server implements AutoCloseable {
        private final HttpsServer server;
        private final Target target;
        private volatile int requests;

        Server(Issued shown) throws IOException {
            server =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
            server.setHttpsConfigurator(new HttpsConfigurator(shown.server()));
            server.createContext(
                    "/",
                    exchange -> {
                        requests = 1;
                        var body = "{}".getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                        exchange.close();
                    });
            server.start();
            target =
                    new Target(
                            Provider.OPENAI_COMPATIBLE,
                            null,
                            "model",
                            "https://localhost:" + server.getAddress().getPort() + "/v1",
                            null,
                            null,
                            0,
                            1,
                            Timeouts.DEFAULT,
                            Map.of());
        }

        Target target() {
            return target;
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
