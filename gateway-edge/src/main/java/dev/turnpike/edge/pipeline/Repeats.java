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
import java.util.HexFormat;
import java.util.Optional;
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

    /** All that is remembered, in bytes; the least used goes first. */
    static final long BYTES_MAX = 64L << 20;

    /** What a key costs beside its answer, in bytes. */
    private static final int KEY_BYTES = 512;

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final String HEADER = "idempotency-key";

    private final Cache<Id, State> known;
    private final String replayedHeader;
    private final String receiptHeader;

    /**
     * @param nanoTime like {@link System#nanoTime}
     * @param headerPrefix of reply headers that are not standard
     */
    Repeats(LongSupplier nanoTime, String headerPrefix) {
        this.known =
                Caffeine.newBuilder()
                        .maximumWeight(BYTES_MAX)
                        .weigher((Id id, State state) -> KEY_BYTES + state.bytes())
                        .expireAfterWrite(KNOWN_FOR)
                        .ticker(nanoTime::getAsLong)
                        .build();
        this.replayedHeader = headerPrefix + "-Replayed";
        this.receiptHeader = headerPrefix + "-Receipt";
    }

    private record Id(KeyPrefix caller, String key) {}

    /** What became of the first request under a key; {@code request} is its digest. */
    private sealed interface State {
        String request();

        default int bytes() {
            return 0;
        }

        record Running(String request) implements State {}

        record Answered(String request, Kept kept) implements State {
            @Override
            public int bytes() {
                return kept.body().length;
            }
        }

        /** It was answered in a way that is not kept: as a stream, or too long. */
        record Passed(String request) implements State {}
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
        var id = new Id(caller, key);
        var mine = new State.Running(digest(protocol, inbound));
        var before = known.asMap().putIfAbsent(id, mine);
        if (before == null) {
            return Optional.of(new Claim(id, mine, reply));
        }
        if (!before.request().equals(mine.request())) {
            throw Problem.of(
                            ErrorCode.UNPROCESSABLE,
                            "This Idempotency-Key was used for another request")
                    .asException();
        }
        switch (before) {
            case State.Running _ ->
                    throw Problem.of(
                                    ErrorCode.IDEMPOTENCY_IN_PROGRESS,
                                    "The request with this Idempotency-Key is still running")
                            .withRetryAfter(ASK_AGAIN)
                            .asException();
            case State.Passed _ ->
                    throw Problem.of(
                                    ErrorCode.UNPROCESSABLE,
                                    "The request with this Idempotency-Key was answered, and its"
                                            + " answer is not kept")
                            .asException();
            case State.Answered(_, var kept) -> {
                reply.header(replayedHeader, "true");
                if (kept.receipt() != null) {
                    reply.header(receiptHeader, kept.receipt());
                }
                reply.send(kept.status(), kept.contentType(), kept.body());
                return Optional.empty();
            }
        }
    }

    private static String digest(Protocol protocol, InboundRequest inbound) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var place = protocol.operation() + "\n" + inbound.pathModel() + "\n" + inbound.query();
            digest.update((place + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(whole(inbound)));
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
     * an answer leaves the key free. Used by the request's thread only.
     */
    final class Claim implements ClientReply, AutoCloseable {
        private final Id id;
        private final State mine;
        private final ClientReply reply;
        private @Nullable String receipt;
        private @Nullable State end;

        private Claim(Id id, State mine, ClientReply reply) {
            this.id = id;
            this.mine = mine;
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
            end =
                    body.length <= ANSWER_BYTES_MAX
                            ? new State.Answered(
                                    mine.request(), new Kept(status, contentType, body, receipt))
                            : new State.Passed(mine.request());
            reply.send(status, contentType, body);
        }

        @Override
        public Stream open(int status, String contentType) throws ClientGoneException {
            end = new State.Passed(mine.request());
            return reply.open(status, contentType);
        }

        @Override
        public boolean present() {
            return reply.present();
        }

        @Override
        public void close() {
            if (end == null) {
                known.asMap().remove(id, mine);
            } else {
                known.asMap().replace(id, mine, end);
            }
        }
    }
}
