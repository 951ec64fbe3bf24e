package dev.turnpike.edge.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.edge.upstream.Deadlines;
import dev.turnpike.edge.upstream.Destination;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.Origin;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.upstream.UpstreamRequest;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens of service accounts: a signed assertion is exchanged for one at the account's token
 * endpoint, and kept until shortly before it ends. Thread-safe; one exchange at a time for each
 * account.
 */
final class ServiceTokens {
    /** Accounts whose tokens are kept. */
    private static final int ACCOUNTS_MAX = 1_000;

    /** A token is not used in the last part of its life: the clocks of others differ. */
    static final Duration SPARE = Duration.ofMinutes(2);

    /** Life believed where the endpoint names none. */
    private static final Duration LIFE_DEFAULT = Duration.ofMinutes(5);

    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final String GRANT =
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    private static final List<Header> HEADERS =
            List.of(
                    new Header("content-type", "application/x-www-form-urlencoded"),
                    new Header("accept", "application/json"));

    private final UpstreamClient client;
    private final OutboundUrl.Policy urls;
    private final InstantSource clock;
    private final Cache<String, Account> accounts =
            Caffeine.newBuilder().maximumSize(ACCOUNTS_MAX).executor(Runnable::run).build();

    ServiceTokens(UpstreamClient client, OutboundUrl.Policy urls, InstantSource clock) {
        this.client = client;
        this.urls = urls;
        this.clock = clock;
    }

    /** One account's lock and its last token. */
    private static final class Account {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile @Nullable Token token;
    }

    private record Token(String text, Instant until) {}

    /**
     * The token for a credential: what an account's key file is exchanged for; any other text is
     * taken for a token.
     *
     * @throws UpstreamFaultException if there is none
     */
    String token(Secret credential, Deadlines deadlines) throws UpstreamFaultException {
        var text = credential.reveal().strip();
        if (!text.startsWith("{")) {
            return text;
        }
        var account = accounts.get(text, any -> new Account());
        var known = account.token;
        if (known != null && clock.instant().isBefore(known.until())) {
            return known.text();
        }
        account.lock.lock();
        try {
            known = account.token;
            if (known == null || !clock.instant().isBefore(known.until())) {
                known = exchange(ServiceAccount.parse(text), deadlines);
                account.token = known;
            }
            return known.text();
        } finally {
            account.lock.unlock();
        }
    }

    private Token exchange(ServiceAccount account, Deadlines deadlines)
            throws UpstreamFaultException {
        var now = clock.instant();
        var body = (GRANT + account.assertion(now)).getBytes(StandardCharsets.US_ASCII);
        try {
            var url = OutboundUrl.parse(account.tokenUri(), urls);
            var request =
                    new UpstreamRequest(
                            "POST",
                            new Destination(Origin.of(url), url.target()),
                            HEADERS,
                            UpstreamBody.of(List.of(ByteSlice.of(body))));
            try (var call = client.open(request, deadlines)) {
                return token(call, now);
            }
        } catch (InvalidUrlException e) {
            throw ServiceAccount.unusable("the service account has no usable token address");
        }
    }

    private static Token token(UpstreamCall call, Instant now) throws UpstreamFaultException {
        var body = new byte[ANSWER_BYTES_MAX];
        int length = 0;
        for (int count = 0; count >= 0 && length < body.length; length += Math.max(0, count)) {
            count = call.read(body, length, body.length - length);
        }
        if (call.status() != 200) {
            throw ServiceAccount.unusable("the token address answered " + call.status());
        }
        try {
            var answer = Json.parseObject(java.util.Arrays.copyOf(body, length));
            var text = answer.path("access_token").asText("");
            long seconds = answer.path("expires_in").asLong(LIFE_DEFAULT.toSeconds());
            if (text.isEmpty()) {
                throw ServiceAccount.unusable("the token address gave no token");
            }
            return new Token(text, now.plusSeconds(Math.max(1, seconds)).minus(SPARE));
        } catch (ProblemException e) {
            throw ServiceAccount.unusable("the token address gave no JSON");
        }
    }
}
