package dev.turnpike.webhook.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.outbound.Resolver;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.webhook.WebhookSink;
import dev.turnpike.webhook.domain.Attempt;
import dev.turnpike.webhook.domain.AttemptResult;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Gone;
import dev.turnpike.webhook.domain.AttemptResult.Rejected;
import dev.turnpike.webhook.domain.AttemptResult.Unreachable;
import dev.turnpike.webhook.domain.Outbox.Ended;
import dev.turnpike.webhook.domain.Samples;
import java.net.InetAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SenderIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    /** For receivers that never come to an end. */
    private static final Duration SHORT = Duration.ofMillis(800);

    private static final long LATENCY_MAX_MILLIS = 10_000;

    private final Envelope envelope = new Envelope(MasterKey.of(new byte[MasterKey.BYTES]));
    private final WebhookSink sink = WebhookSink.start();
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() {
        sink.close();
        deadlines.shutdownNow();
    }

    private AttemptResult send(String url) throws InterruptedException {
        return send(url, AddressPolicy.allowPrivate(), TIMEOUT).result();
    }

    private Ended send(String url, AddressPolicy addresses, Duration timeout)
            throws InterruptedException {
        var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var sender =
                new Sender(
                        new HttpPost(addresses, tls, deadlines),
                        new SecretOpener(envelope),
                        OutboundUrl.Policy.HTTP_ALLOWED,
                        "X-Acme",
                        timeout,
                        Clock.systemUTC());
        var delivery = Samples.delivery(Samples.webhookId(1), 1, Instant.now());
        var ended = new ArrayBlockingQueue<Ended>(1);
        sender.send(new Attempt(delivery, webhook(url), 1, Instant.now(), false), ended::add);
        var result = ended.poll(20, TimeUnit.SECONDS);
        assertThat(result).as("the attempt ends").isNotNull();
        return Objects.requireNonNull(result);
    }

    private Webhook webhook(String url) {
        var owner = new Envelope.Owner("webhook", Samples.webhookId(1).value(), 1);
        var sealed = envelope.seal(SECRET.getBytes(StandardCharsets.UTF_8), owner);
        return Samples.webhook(1, url, true, 1, sealed);
    }

    @Test
    void aDeliveryArrivesWithAllItsHeadersAndBothSignatures() throws Exception {
        assertThat(send(sink.url())).isEqualTo(new Accepted(200));
        var request = sink.deliveries().getFirst().request();
        var delivery = Samples.delivery(Samples.webhookId(1), 1, Instant.EPOCH).id();
        var id = delivery.value();
        assertThat(request.text()).isEqualTo("body 1");
        assertThat(request.header("webhook-id")).contains(id);
        assertThat(request.header("x-acme-request-id")).contains(delivery.uuid().toString());
        assertThat(request.header("content-type")).contains("application/json");
        assertThat(request.header("user-agent")).contains(Sender.USER_AGENT);
        assertThat(request.headers().keySet())
                .as("nothing tells what sends")
                .containsExactlyInAnyOrder(
                        "host",
                        "connection",
                        "content-length",
                        "content-type",
                        "user-agent",
                        "accept",
                        "webhook-id",
                        "webhook-timestamp",
                        "webhook-signature",
                        "x-acme-signature",
                        "x-acme-request-id");
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(request.header("x-acme-signature"))
                .contains("v1=" + HexFormat.of().formatHex(mac.doFinal(request.body())));
        new com.standardwebhooks.Webhook(SECRET)
                .verify(request.text(), HttpHeaders.of(request.headers(), (_, _) -> true));
    }

    @Test
    void aRedirectIsAFailureAndIsNotFollowed() throws Exception {
        try (var other = WebhookSink.start()) {
            sink.enqueue(Script.redirect(other.url()));
            assertThat(send(sink.url())).isEqualTo(new Rejected(302, Optional.empty()));
            assertThat(other.deliveries()).isEmpty();
        }
    }

    @Test
    void anAnswerOf410IsTheEnd() throws Exception {
        sink.enqueue(Script.status(410));
        assertThat(send(sink.url())).isEqualTo(new Gone());
    }

    @Test
    void retryAfterIsRead() throws Exception {
        sink.enqueue(Script.retryAfter(429, Duration.ofMinutes(2)));
        assertThat(send(sink.url()))
                .isEqualTo(new Rejected(429, Optional.of(Duration.ofMinutes(2))));
    }

    @Test
    void aReceiverThatNeverAnswersIsLeftAtTheDeadline() throws Exception {
        sink.enqueue(Script.hang());
        var ended = send(sink.url(), AddressPolicy.allowPrivate(), SHORT);
        assertThat(ended.result()).isEqualTo(new Unreachable("no answer within 800 ms"));
        assertThat(ended.latencyMs()).isBetween(700L, LATENCY_MAX_MILLIS);
    }

    @Test
    void headersThatTrickleInDoNotExtendTheDeadline() throws Exception {
        var trickle =
                Stream.generate(() ->
                                List.<Step>of(new Step.Sleep(Duration.ofMillis(50)), header()))
                        .flatMap(List::stream);
        sink.enqueue(new Script("trickle", trickle::iterator));
        var ended = send(sink.url(), AddressPolicy.allowPrivate(), SHORT);
        assertThat(ended.result()).isInstanceOf(Unreachable.class);
        assertThat(ended.latencyMs()).isLessThan(LATENCY_MAX_MILLIS);
    }

    private static Step header() {
        return new Step.Send("x".getBytes(StandardCharsets.US_ASCII), 0);
    }

    @Test
    void anEndlessBodyIsCutAndDoesNotChangeTheOutcome() throws Exception {
        Step status = new Step.Status(200, Map.of("content-length", "99999999999"));
        Step part = new Step.Send(new byte[4_096], 0);
        sink.enqueue(
                new Script(
                        "endless",
                        () ->
                                Stream.concat(Stream.of(status), Stream.generate(() -> part))
                                        .iterator()));
        var ended = send(sink.url(), AddressPolicy.allowPrivate(), TIMEOUT);
        assertThat(ended.result()).isEqualTo(new Accepted(200));
        assertThat(ended.latencyMs()).isLessThan(LATENCY_MAX_MILLIS);
    }

    @Test
    void aClosedPortIsAFailureWithItsReason() throws Exception {
        var url = sink.url();
        sink.close();
        assertThat(send(url)).isEqualTo(new Unreachable("connection refused"));
    }

    @Test
    void plainTextIsNoFallbackForTls() throws Exception {
        var url = sink.url().replace("http:", "https:");
        assertThat(send(url, AddressPolicy.allowPrivate(), SHORT).result())
                .isInstanceOf(Unreachable.class);
        assertThat(sink.deliveries()).isEmpty();
    }

    @Test
    void aPrivateAddressIsRefusedBeforeAnySocketOpens() throws Exception {
        var ended = send(sink.url(), AddressPolicy.publicOnly(), TIMEOUT);
        assertThat(ended.result())
                .isInstanceOfSatisfying(
                        Unreachable.class,
                        result -> assertThat(result.error()).startsWith("address refused"));
        assertThat(sink.deliveries()).isEmpty();
    }

    @Test
    void aNameThatFlipsToLoopbackIsRefusedAndOnlyAskedOnceForEachAttempt() throws Exception {
        var asked = new AtomicInteger();
        Resolver flipping =
                _ ->
                        List.of(
                                asked.incrementAndGet() % 2 == 1
                                        ? InetAddress.getByName("127.0.0.1")
                                        : InetAddress.getByName("203.0.113.9"));
        var url = "http://receiver.example:" + sink.port() + "/hook";
        var ended = send(url, AddressPolicy.publicOnly().with(flipping), TIMEOUT);
        assertThat(ended.result())
                .isInstanceOfSatisfying(
                        Unreachable.class,
                        result -> assertThat(result.error()).startsWith("address refused"));
        assertThat(asked).hasValue(1);
        assertThat(sink.deliveries()).isEmpty();
    }

    @Test
    void aSecretOfAnotherWebhookDoesNotSign() throws Exception {
        var owner = new Envelope.Owner("webhook", Samples.webhookId(2).value(), 1);
        var sealed = envelope.seal(SECRET.getBytes(StandardCharsets.UTF_8), owner);
        var foreign = Samples.webhook(1, sink.url(), true, 1, sealed);
        var http =
                new HttpPost(
                        AddressPolicy.allowPrivate(),
                        (SSLSocketFactory) SSLSocketFactory.getDefault(),
                        deadlines);
        var sender =
                new Sender(
                        http,
                        new SecretOpener(envelope),
                        OutboundUrl.Policy.HTTP_ALLOWED,
                        "X-Acme",
                        TIMEOUT,
                        Clock.systemUTC());
        var delivery = Samples.delivery(Samples.webhookId(1), 1, Instant.now());
        var ended = new ArrayBlockingQueue<Ended>(1);
        sender.send(new Attempt(delivery, foreign, 1, Instant.now(), false), ended::add);
        assertThat(ended.poll(20, TimeUnit.SECONDS))
                .extracting(Ended::result)
                .isEqualTo(new Unreachable("signing secret does not open"));
        assertThat(sink.deliveries()).isEmpty();
    }
}
