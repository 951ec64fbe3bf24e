package dev.turnpike.edge.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.Protocol;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.id.KeyPrefix;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that clients repeat under one {@code Idempotency-Key}: served and charged once, and
 * answered again from memory. What is remembered is this edge's alone and ends with its process.
 * Thread-safe.
 */
final class Repeats {
    /** How long a key is known. */
    static final Duration KNOWN_FOR = Duration.ofHours(24);

    /** Longest key, in characters. */
    static final int KEY_CHARS_MAX = 255;

    /** Answers longer than this are not kept. */
    static final int ANSWER_BYTES_MAX = 4 << 20;

    /** All answers that are kept, in bytes; what is asked for least goes first. */
    static final long BYTES_MAX = 64L << 20;

    /** What an answer costs beside its body, in bytes. */
    private static final int ANSWER_BYTES = 512;

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final String HEADER = "idempotency-key";

    /** Never evicted; as many as there are requests in flight. */
    private final ConcurrentMap<String, Claim> running = new ConcurrentHashMap<>();

    private final SpentKeys spent;

    /** The answers of spent keys, as far as there is room for them. */
    private final Cache<String, Kept> answers;

    private final String replayedHeader;
    private final String receiptHeader;

    /**
     * @param nanoTime like {@link System#nanoTime}
     * @param headerPrefix of reply headers that are not standard
     */
    Repeats(LongSupplier nanoTime, String headerPrefix) {
        this.spent = new SpentKeys(nanoTime);
        this.answers =
                Caffeine.newBuilder()
                        .maximumWeight(BYTES_MAX)
                        .weigher((String id, Kept kept) -> ANSWER_BYTES + kept.body().length)
                        .expireAfterWrite(KNOWN_FOR)
                        .ticker(nanoTime::getAsLong)
                        .executor(Runnable::run)
                        .build();
        this.replayedHeader = headerPrefix + "-Replayed";
        this.receiptHeader = headerPrefix + "-Receipt";
    }

    /** An answer that can be given again. */
    private record Kept(int status, String contentType, byte[] body, @Nullable String receipt) {}

    /**
     * The key that a request carries; files that go by are not remembered, so theirs is not heeded.
     *
     * @throws ProblemException if it is malformed
     */
    static Optional<String> key(InboundRequest inbound) {
        if (inbound.body() instanceof IncomingBody.Files) {
            return Optional.empty();
        }
        var key = inbound.headers().first(HEADER).filter(text -> !text.isEmpty());
        if (key.isPresent()
                && (key.get().length() > KEY_CHARS_MAX
                        || key.get().chars().anyMatch(c -> c < ' ' || c > '~'))) {
            throw Problem.of(
                            ErrorCode.INVALID_REQUEST,
                            "Idempotency-Key must have at most 255 printable ASCII characters")
                    .asException();
        }
        return key;
    }

    /**
     * Claims {@code key} for a request that comes the first time; one that comes again is answered
     * here.
     *
     * @return the claim, to be closed when the request has ended; empty if it is answered
     * @throws ProblemException if the first one still runs, was another one, or cannot be repeated
     * @throws ClientGoneException if the client left
     */
    Optional<Claim> begin(
            KeyPrefix caller,
            String key,
            Protocol protocol,
            InboundRequest inbound,
            ClientReply reply)
            throws ClientGoneException {
        var id = id(caller, key);
        var claim = new Claim(id, digest(protocol, inbound), reply);
        var known = spent.request(id);
        if (known.isEmpty()) {
            var other = running.putIfAbsent(id, claim);
            if (other != null) {
                throw stillRunning(claim, other);
            }
            boolean first = false;
            try {
                // One that ends spends its key before it leaves, so that this look sees it.
                known = spent.request(id);
                if (known.isEmpty()) {
                    var claimed = Optional.of(claim);
                    first = true;
                    return claimed;
                }
            } finally {
                if (!first) {
                    running.remove(id, claim);
                }
            }
        }
        repeat(claim, known.get());
        return Optional.empty();
    }

    private static ProblemException stillRunning(Claim mine, Claim other) {
        return mine.request.equals(other.request)
                ? Problem.of(
                                ErrorCode.IDEMPOTENCY_IN_PROGRESS,
                                "The request with this Idempotency-Key is still running")
                        .withRetryAfter(ASK_AGAIN)
                        .asException()
                : otherRequest();
    }

    private static ProblemException otherRequest() {
        return Problem.of(
                        ErrorCode.UNPROCESSABLE,
                        "This Idempotency-Key was used for another request")
                .asException();
    }

    /** Gives the answer to a spent key again, if it is kept. */
    private void repeat(Claim mine, String request) throws ClientGoneException {
        if (!mine.request.equals(request)) {
            throw otherRequest();
        }
        var kept = answers.getIfPresent(mine.id);
        if (kept == null) {
            throw Problem.of(
                            ErrorCode.UNPROCESSABLE,
                            "The request with this Idempotency-Key was served, and no answer of"
                                    + " it is kept")
                    .asException();
        }
        var reply = mine.reply;
        reply.header(replayedHeader, "true");
        if (kept.receipt() != null) {
            reply.header(receiptHeader, kept.receipt());
        }
        reply.send(kept.status(), kept.contentType(), kept.body());
    }

    private static String id(KeyPrefix caller, String key) {
        return text(sha256().digest((caller + "\n" + key).getBytes(StandardCharsets.UTF_8)));
    }

    private static String digest(Protocol protocol, InboundRequest inbound) {
        var digest = sha256();
        var place = protocol.operation() + "\n" + inbound.pathModel() + "\n" + inbound.query();
        digest.update((place + "\n").getBytes(StandardCharsets.UTF_8));
        return text(digest.digest(whole(inbound)));
    }

    /** A byte a character, as short as a digest gets: there are many. */
    private static String text(byte[] digest) {
        return new String(digest, StandardCharsets.ISO_8859_1);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 on this platform", e);
        }
    }

    private static byte[] whole(InboundRequest inbound) {
        return switch (inbound.body()) {
            case IncomingBody.Whole(var bytes) -> bytes;
            case IncomingBody.Files _ -> throw new IllegalStateException("files have no key");
        };
    }

    /**
     * A request that is the first under its key, and the way back to its client. What ends before
     * an answer and uncharged leaves the key free. Used by the request's thread only.
     */
    final class Claim implements ClientReply, AutoCloseable {
        private final String id;
        private final String request;
        private final ClientReply reply;
        private @Nullable String receipt;
        private @Nullable Kept kept;
        private boolean spends;

        private Claim(String id, String request, ClientReply reply) {
            this.id = id;
            this.request = request;
            this.reply = reply;
        }

        @Override
        public void header(String name, String value) {
            if (name.equals(receiptHeader)) {
                receipt = value;
            }
            reply.header(name, value);
        }

        @Override
        public void send(int status, String contentType, byte[] body) throws ClientGoneException {
            // Before it goes out: the client that does not get it is the one that asks again.
            spends = true;
            if (body.length <= ANSWER_BYTES_MAX) {
                kept = new Kept(status, contentType, body, receipt);
            }
            reply.send(status, contentType, body);
        }

        @Override
        public Stream open(int status, String contentType) throws ClientGoneException {
            spends = true;
            return reply.open(status, contentType);
        }

        @Override
        public boolean present() {
            return reply.present();
        }

        /** The request is paid for, answered or not: its key is not to be served again. */
        void charged() {
            spends = true;
        }

        @Override
        public void close() {
            try {
                if (spends) {
                    spend();
                }
            } finally {
                running.remove(id, this);
            }
        }

        private void spend() {
            try {
                if (kept == null) {
                    answers.invalidate(id); // Of a key that was forgotten before its answer was.
                } else {
                    answers.put(id, kept);
                }
            } finally { // Without its answer it must not be served again all the same.
                spent.add(id, request);
            }
        }
    }
}
