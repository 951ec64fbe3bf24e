package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final KeyPrefix CALLER = new KeyPrefix("tp_abcdefghijkl");
    private static final KeyPrefix OTHER = new KeyPrefix("tp_mnopqrstuvwx");
    private static final byte[] ANSWER = "{\"id\":1}".getBytes(StandardCharsets.UTF_8);

    private final AtomicLong nanos = new AtomicLong();
    private final Repeats repeats = new Repeats(nanos::get, "X-Turnpike");

    @Test
    void whatWasAnsweredIsAnsweredAgainWithoutBeingServed() throws ClientGoneException {
        answered(CALLER, "k", "body");
        var again = new KeptReply();

        assertThat(begin(CALLER, "k", "body", again)).isEmpty();
        assertThat(again.text()).isEqualTo("{\"id\":1}");
        assertThat(again.headers)
                .containsEntry("X-Turnpike-Replayed", "true")
                .containsEntry("X-Turnpike-Receipt", "edge/1:7");
    }

    @Test
    void anAnswerThatDidNotReachItsClientIsTheOneThatIsAskedForAgain() throws ClientGoneException {
        try (var claim = begin(CALLER, "k", "body", new GoneReply()).orElseThrow()) {
            assertThatThrownBy(() -> claim.send(200, "application/json", ANSWER))
                    .isInstanceOf(ClientGoneException.class);
        }

        assertThat(begin(CALLER, "k", "body", new KeptReply())).isEmpty();
    }

    @Test
    void aRequestThatStillRunsIsToBeAskedForLater() throws ClientGoneException {
        try (var claim = begin(CALLER, "k", "body", new KeptReply()).orElseThrow()) {
            refused(409, () -> begin(CALLER, "k", "body", new KeptReply()));
            assertThat(claim.present()).isTrue();
        }
    }

    @Test
    void anotherBodyUnderTheSameKeyIsRefused() throws ClientGoneException {
        answered(CALLER, "k", "body");

        refused(422, () -> begin(CALLER, "k", "other", new KeptReply()));
    }

    @Test
    void aStreamIsNotRepeatedAndNotServedTwice() throws ClientGoneException {
        try (var claim = begin(CALLER, "k", "body", new KeptReply()).orElseThrow()) {
            claim.open(200, "text/event-stream").end();
        }

        refused(422, () -> begin(CALLER, "k", "body", new KeptReply()));
    }

    @Test
    void anAnswerTooLongToBeKeptIsNotServedTwiceEither() throws ClientGoneException {
        try (var claim = begin(CALLER, "k", "body", new KeptReply()).orElseThrow()) {
            claim.send(200, "application/json", new byte[Repeats.ANSWER_BYTES_MAX + 1]);
        }

        refused(422, () -> begin(CALLER, "k", "body", new KeptReply()));
    }

    @Test
    void whatFailedBeforeAnAnswerMayBeTriedAgainUnderItsKey() throws ClientGoneException {
        begin(CALLER, "k", "body", new KeptReply()).orElseThrow().close();

        assertThat(begin(CALLER, "k", "body", new KeptReply())).isPresent();
    }

    @Test
    void whatWasChargedWithoutAnAnswerIsNotServedTwice() throws ClientGoneException {
        try (var claim = begin(CALLER, "k", "body", new KeptReply()).orElseThrow()) {
            claim.charged();
        }

        refused(422, () -> begin(CALLER, "k", "body", new KeptReply()));
    }

    @Test
    void whatIsChargedAndAnsweredIsAnsweredAgain() throws ClientGoneException {
        try (var claim = begin(CALLER, "k", "body", new KeptReply()).orElseThrow()) {
            claim.send(200, "application/json", ANSWER);
            claim.charged();
        }

        assertThat(begin(CALLER, "k", "body", new KeptReply())).isEmpty();
    }

    @Test
    void anAnswerThatHadToMakeRoomIsNotServedTwice() throws ClientGoneException {
        var large = new byte[Repeats.ANSWER_BYTES_MAX];
        int keys = (int) (2 * Repeats.BYTES_MAX / large.length);
        for (int i = 0; i < keys; i++) {
            try (var claim = begin(CALLER, "k" + i, "body", new KeptReply()).orElseThrow()) {
                claim.send(200, "application/json", large);
            }
        }

        int kept = 0;
        for (int i = 0; i < keys; i++) {
            var key = "k" + i;
            try {
                assertThat(begin(CALLER, key, "body", new KeptReply())).as(key).isEmpty();
                kept++;
            } catch (ProblemException e) {
                assertThat(e.problem().code().httpStatus()).isEqualTo(422);
            }
        }
        assertThat(kept).isBetween(1, keys / 2);
    }

    @Test
    void aRequestThatRunsIsKnownHoweverManyEndMeanwhileAndTheOldestOfThoseGoFirst()
            throws ClientGoneException {
        try (var _ = begin(CALLER, "runs", "body", new KeptReply()).orElseThrow()) {
            for (int i = 0; i <= SpentKeys.KEYS_MAX; i++) {
                try (var claim = begin(CALLER, "k" + i, "body", new KeptReply()).orElseThrow()) {
                    claim.charged();
                }
            }

            refused(409, () -> begin(CALLER, "runs", "body", new KeptReply()));
            refused(422, () -> begin(CALLER, "k1", "body", new KeptReply()));
            var last = "k" + SpentKeys.KEYS_MAX;
            refused(422, () -> begin(CALLER, last, "body", new KeptReply()));
            assertThat(begin(CALLER, "k0", "body", new KeptReply())).isPresent();
        }
    }

    @Test
    void anAnswerIsForgottenWithItsKey() throws ClientGoneException {
        answered(CALLER, "k", "body");
        for (int i = 0; i < SpentKeys.KEYS_MAX; i++) {
            try (var claim = begin(CALLER, "k" + i, "body", new KeptReply()).orElseThrow()) {
                claim.charged();
            }
        }
        try (var claim = begin(CALLER, "k", "other", new KeptReply()).orElseThrow()) {
            claim.charged();
        }

        refused(422, () -> begin(CALLER, "k", "other", new KeptReply()));
    }

    @Test
    void ofManyThatComeAtOnceOneIsServed() throws InterruptedException {
        for (int round = 0; round < 10_000; round++) {
            var key = "k" + round;
            var served = new AtomicInteger();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.startVirtualThread(() -> serve(key, served)));
            }
            for (var thread : threads) {
                thread.join();
            }
            assertThat(served).hasValue(1);
        }
    }

    private void serve(String key, AtomicInteger served) {
        try {
            var claim = begin(CALLER, key, "body", new KeptReply());
            if (claim.isPresent()) {
                try (var mine = claim.get()) {
                    served.incrementAndGet();
                    mine.send(200, "application/json", ANSWER);
                }
            }
        } catch (ProblemException _) {
            // It still runs: not served, which is what counts.
        } catch (ClientGoneException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aKeyBelongsToItsCaller() throws ClientGoneException {
        answered(CALLER, "k", "body");

        assertThat(begin(OTHER, "k", "body", new KeptReply())).isPresent();
    }

    @Test
    void aKeyIsKnownForADay() throws ClientGoneException {
        answered(CALLER, "k", "body");
        nanos.addAndGet(Repeats.KNOWN_FOR.toNanos() - 1);
        assertThat(begin(CALLER, "k", "body", new KeptReply())).isEmpty();
        nanos.addAndGet(1);
        assertThat(begin(CALLER, "k", "body", new KeptReply())).isPresent();
    }

    @Test
    void whatBreaksWhileAKeyIsClaimedLeavesItFree() throws ClientGoneException {
        var looks = new AtomicInteger();
        var breaking = new Repeats(() -> nanosOrBreak(looks), "X-Turnpike");
        var request = inbound("k", "body");
        var protocol = new OpenAiProtocol(OpenAiRoute.CHAT);
        assertThatThrownBy(() -> breaking.begin(CALLER, "k", protocol, request, new KeptReply()))
                .hasMessage("a bug");

        assertThat(breaking.begin(CALLER, "k", protocol, request, new KeptReply())).isPresent();
    }

    /** Breaks the second time, which is when the key is claimed already. */
    private long nanosOrBreak(AtomicInteger looks) {
        if (looks.incrementAndGet() == 2) {
            throw new IllegalStateException("a bug");
        }
        return nanos.get();
    }

    @Test
    void aMalformedKeyIsRefused() {
        for (var key : new String[] {"k".repeat(Repeats.KEY_CHARS_MAX + 1), "k\u00e9y", "k\ty"}) {
            refused(400, () -> Repeats.key(inbound(key, "body")));
        }
        assertThat(Repeats.key(inbound("", "body"))).isEmpty();
        assertThat(Repeats.key(inbound("k", "body"))).contains("k");
    }

    private void answered(KeyPrefix caller, String key, String body) throws ClientGoneException {
        try (var claim = begin(caller, key, body, new KeptReply()).orElseThrow()) {
            claim.header("X-Turnpike-Receipt", "edge/1:7");
            claim.send(200, "application/json", ANSWER);
        }
    }

    private Optional<Repeats.Claim> begin(
            KeyPrefix caller, String key, String body, ClientReply reply)
            throws ClientGoneException {
        var protocol = new OpenAiProtocol(OpenAiRoute.CHAT);
        return repeats.begin(caller, key, protocol, inbound(key, body), reply);
    }

    private static void refused(int status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code().httpStatus()).isEqualTo(status));
    }

    private static InboundRequest inbound(String key, String body) {
        return new InboundRequest(
                RequestId.ofUlid("01JD0000000000000000000002"),
                Instant.EPOCH,
                Stopwatch.start(() -> 0L),
                InetAddress.getLoopbackAddress(),
                name -> name.equals("idempotency-key") ? Optional.of(key) : Optional.empty(),
                "",
                null,
                new IncomingBody.Whole(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** A client that has left. */
    private static final class GoneReply implements ClientReply {
        @Override
        public void header(String name, String value) {}

        @Override
        public void send(int status, String contentType, byte[] body) throws ClientGoneException {
            throw Audience.gone();
        }

        @Override
        public Stream open(int status, String contentType) throws ClientGoneException {
            throw Audience.gone();
        }
    }
}
