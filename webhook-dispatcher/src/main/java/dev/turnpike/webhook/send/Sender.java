package dev.turnpike.webhook.send;

import dev.turnpike.runtime.outbound.AddressRefusedException;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.secret.Envelope.CannotOpenException;
import dev.turnpike.webhook.domain.Attempt;
import dev.turnpike.webhook.domain.AttemptResult;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Gone;
import dev.turnpike.webhook.domain.AttemptResult.Rejected;
import dev.turnpike.webhook.domain.AttemptResult.Unreachable;
import dev.turnpike.webhook.domain.Outbox.Ended;
import dev.turnpike.webhook.domain.RetryAfter;
import dev.turnpike.webhook.domain.Signer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes attempts, each on a virtual thread of its own. How many run at a time is bounded by the
 * slots that their attempts hold. Thread-safe.
 */
public final class Sender {
    /** Longest time one attempt may take. */
    public static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(15);

    /** Says nothing about who sends. */
    static final String USER_AGENT = "webhooks/1";

    private static final int ERROR_CHARS_MAX = 160;
    private static final Logger LOGGER = LoggerFactory.getLogger(Sender.class);

    private final HttpPost http;
    private final SecretOpener secrets;
    private final OutboundUrl.Policy urls;
    private final String headerPrefix;
    private final Duration timeout;
    private final InstantSource clock;

    /**
     * @param headerPrefix of the compatible headers, such as {@code X-Turnpike}
     * @param timeout of one attempt, usually {@link #ATTEMPT_TIMEOUT}
     */
    public Sender(
            HttpPost http,
            SecretOpener secrets,
            OutboundUrl.Policy urls,
            String headerPrefix,
            Duration timeout,
            InstantSource clock) {
        this.http = http;
        this.secrets = secrets;
        this.urls = urls;
        this.headerPrefix = headerPrefix;
        this.timeout = timeout;
        this.clock = clock;
    }

    /**
     * Starts one attempt and returns.
     *
     * @param done receives the end once, on the attempt's thread
     */
    public void send(Attempt attempt, Consumer<Ended> done) {
        var name = "webhook-" + attempt.delivery().id().value() + "-" + attempt.number();
        Thread.ofVirtual().name(name).start(() -> done.accept(attempt(attempt)));
    }

    private Ended attempt(Attempt attempt) {
        var at = clock.instant();
        long begin = System.nanoTime();
        AttemptResult result;
        try {
            result = post(attempt, at);
        } catch (RuntimeException bug) {
            // The root of the thread: the attempt has to end, or its slot is lost.
            LOGGER.atError()
                    .setCause(bug)
                    .addKeyValue("delivery", attempt.delivery().id())
                    .log("webhook attempt broke");
            result = new Unreachable("internal error");
        }
        long millis = (System.nanoTime() - begin) / 1_000_000;
        var delivery = attempt.delivery();
        return new Ended(delivery.webhookId(), delivery.id(), at, millis, result);
    }

    private AttemptResult post(Attempt attempt, Instant at) {
        try {
            var url = OutboundUrl.parse(attempt.webhook().url(), urls);
            var answer = http.post(url, headers(attempt, at), attempt.delivery().body(), timeout);
            return result(answer);
        } catch (InvalidUrlException e) {
            return new Unreachable("url not allowed: " + e.getMessage());
        } catch (CannotOpenException e) {
            return new Unreachable("signing secret does not open");
        } catch (IOException e) {
            return new Unreachable(reason(e));
        }
    }

    private Map<String, String> headers(Attempt attempt, Instant at) throws CannotOpenException {
        var delivery = attempt.delivery();
        var id = delivery.id().value();
        var signatures = Signer.sign(id, delivery.body(), secrets.open(attempt.webhook()), at);
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", "application/json");
        headers.put("user-agent", USER_AGENT);
        headers.put("accept", "*/*");
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", signatures.timestamp());
        headers.put("webhook-signature", signatures.standard());
        headers.put(headerPrefix + "-Signature", signatures.compatible());
        headers.put(headerPrefix + "-Request-ID", delivery.id().uuid().toString());
        return headers;
    }

    private AttemptResult result(HttpPost.Answer answer) {
        int status = answer.status();
        if (status / 100 == 2) {
            return new Accepted(status);
        }
        if (status == 410) {
            return new Gone();
        }
        return new Rejected(
                status,
                answer.retryAfter().flatMap(text -> RetryAfter.parse(text, clock.instant())));
    }

    private String reason(IOException e) {
        return switch (e) {
            case AddressRefusedException refused -> "address refused: " + refused.reason();
            case UnknownHostException _ -> "unknown host";
            case SocketTimeoutException _ -> "no answer within " + timeout.toMillis() + " ms";
            case ConnectException _ -> "connection refused";
            case SSLException tls -> shortened("TLS failed: " + tls.getMessage());
            default -> shortened("connection failed: " + e.getMessage());
        };
    }

    private static String shortened(String text) {
        return text.length() <= ERROR_CHARS_MAX ? text : text.substring(0, ERROR_CHARS_MAX);
    }
}
