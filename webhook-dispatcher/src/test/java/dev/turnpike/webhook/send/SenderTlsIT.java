package dev.turnpike.webhook.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.outbound.Resolver;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.webhook.domain.Attempt;
import dev.turnpike.webhook.domain.AttemptResult;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Unreachable;
import dev.turnpike.webhook.domain.Outbox.Ended;
import dev.turnpike.webhook.domain.Samples;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Receivers over TLS: only a trusted certificate for the right name gets a delivery. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SenderTlsIT {
    private static final String NAME = "receiver.example";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /** Every name leads to this machine. */
    private static final Resolver LOOPBACK = _ -> List.of(InetAddress.getLoopbackAddress());

    private static CertificateAuthority authority;

    private final Envelope envelope = new Envelope(MasterKey.of(new byte[MasterKey.BYTES]));
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor();

    @BeforeAll
    static void makeAuthority(@TempDir Path directory) throws Exception {
        authority = new CertificateAuthority(directory);
    }

    @AfterEach
    void close() {
        deadlines.shutdownNow();
    }

    private AttemptResult send(String host, HttpsReceiver receiver, SSLSocketFactory tls)
            throws InterruptedException {
        var sender =
                new Sender(
                        new HttpPost(AddressPolicy.allowPrivate().with(LOOPBACK), tls, deadlines),
                        new SecretOpener(envelope),
                        OutboundUrl.Policy.HTTPS_ONLY,
                        "X-Acme",
                        Duration.ofSeconds(10),
                        Clock.systemUTC());
        var owner = new Envelope.Owner("webhook", Samples.webhookId(1).value(), 1);
        var sealed = envelope.seal(SECRET.getBytes(StandardCharsets.UTF_8), owner);
        var url = "https://" + host + ":" + receiver.port() + "/hook";
        var webhook = Samples.webhook(1, url, true, 1, sealed);
        var delivery = Samples.delivery(Samples.webhookId(1), 1, Instant.now());
        var ended = new ArrayBlockingQueue<Ended>(1);
        sender.send(new Attempt(delivery, webhook, 1, Instant.now(), false), ended::add);
        return Objects.requireNonNull(ended.poll(30, TimeUnit.SECONDS)).result();
    }

    private static void refused(AttemptResult result, HttpsReceiver receiver) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Unreachable.class,
                        failed -> assertThat(failed.error()).startsWith("TLS failed"));
        assertThat(receiver.requests()).isZero();
    }

    @Test
    void aTrustedCertificateForTheNameIsAccepted() throws Exception {
        try (var receiver = HttpsReceiver.start(authority.receiver(NAME))) {
            assertThat(send(NAME, receiver, authority.trusting())).isEqualTo(new Accepted(200));
            assertThat(receiver.requests()).isEqualTo(1);
        }
    }

    @Test
    void aTrustedCertificateForAnotherNameIsRefused() throws Exception {
        try (var receiver = HttpsReceiver.start(authority.receiver("other.example"))) {
            refused(send(NAME, receiver, authority.trusting()), receiver);
        }
    }

    @Test
    void aCertificateOfAnAuthorityThatNobodyTrustsIsRefused() throws Exception {
        try (var receiver = HttpsReceiver.start(authority.receiver(NAME))) {
            var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
            refused(send(NAME, receiver, tls), receiver);
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        try (var receiver =
                HttpsReceiver.start(
                        authority.receiver(NAME, "-startdate", "-10d", "-validity", "5"))) {
            refused(send(NAME, receiver, authority.trusting()), receiver);
        }
    }

    @Test
    void theAddressBehindTheNameIsNoNameOfTheCertificate() throws Exception {
        try (var receiver = HttpsReceiver.start(authority.receiver(NAME))) {
            refused(send("127.0.0.1", receiver, authority.trusting()), receiver);
        }
    }
}
