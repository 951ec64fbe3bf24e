package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.turnpike.edge.journal.JournalUnavailableException;
import dev.turnpike.edge.protocol.Asked;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;

/** What becomes of the money when an answer does not end as it should. */
class RelayAnswerTest {
    private static final String CHUNK =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one two three\"}}]}\n\n";

    /** Above what needs a place, so that both sides of that can be seen. */
    private static final int ANSWER_BYTES_MAX = 40 << 20;

    private final MoneyRig rig = new MoneyRig();
    private final CircuitBreaker breaker = new CircuitBreaker(rig.nanos::get);
    private final LargeAnswers large =
            new LargeAnswers(ANSWER_BYTES_MAX, Duration.ofMillis(1), rig.nanos::get);
    private final KeptReply client = new KeptReply();

    @Test
    void aStreamCutOffByOurOwnStopIsChargedWhatWasGenerated() throws ClientGoneException {
        stream(
                new PlayedUpstream(
                        "text/event-stream", List.of(CHUNK), new UpstreamFault.Cancelled()));

        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(settlement.usage().outputTokens()).isPositive();
        assertThat(client.text()).contains("\"error\"").doesNotContain("[DONE]");
    }

    @Test
    void aStreamThatASlowClientDragsOutIsChargedWhatWasGenerated() throws ClientGoneException {
        var late = new UpstreamFault.TimedOut(Stage.TOTAL, Duration.ofMinutes(10));

        stream(new PlayedUpstream("text/event-stream", List.of(CHUNK), late));

        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(settlement.usage().outputTokens()).isPositive();
    }

    @Test
    void aStreamThatTheUpstreamBreaksOffIsChargedThePromptOnly() throws ClientGoneException {
        stream(
                new PlayedUpstream(
                        "text/event-stream", List.of(CHUNK), new UpstreamFault.ResetMidBody("x")));

        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(settlement.usage().inputTokens()).isPositive();
        assertThat(settlement.usage().outputTokens()).isZero();
    }

    @Test
    void aClientThatLeavesPaysForAllThatHadComeUntilThen() {
        var usage =
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":300}}\n\n";
        client.flushesLeft = 0;

        assertThatThrownBy(() ->
                        stream(
                                new PlayedUpstream(
                                        "text/event-stream", List.of(CHUNK + CHUNK + usage), null)))
                .isInstanceOf(ClientGoneException.class);
        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(settlement.usage().outputTokens()).isEqualTo(300);
        assertThat(settlement.finishReason()).isNull();
    }

    @Test
    void aStreamWhoseEndCannotBeWrittenDownDoesNotLookWhole() {
        var upstream =
                new PlayedUpstream("text/event-stream", List.of(CHUNK, finish("stop")), null);
        client.onFirstByte = rig.journal::failNextWrite;

        assertThatThrownBy(() -> stream(upstream)).isInstanceOf(JournalUnavailableException.class);
        assertThat(client.ended).isFalse();
        assertThat(client.text()).doesNotContain("[DONE]");
        rig.journal.repair();
        assertThat(rig.settled().settlement().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aClientHearsFromUsWhileTheUpstreamSaysNothingButComments() throws ClientGoneException {
        var said = new ArrayList<>(Collections.nCopies(24, ": PROCESSING\n\n"));
        said.add(CHUNK);
        said.addAll(Collections.nCopies(9, ": PROCESSING\n\n"));
        said.add(finish("stop"));
        var upstream = new PlayedUpstream("text/event-stream", said, null);
        upstream.onRead = () -> rig.nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        stream(upstream);

        // After 1, 11 and 21 seconds; what came at 25 puts off the next one to 35.
        assertThat(client.text().split(": keep-alive\n\n", -1)).hasSize(4);
        assertThat(client.text()).startsWith(": keep-alive\n\n").doesNotContain("PROCESSING");
        assertThat(rig.settled().settlement().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aClientThatLeavesIsNoticedSoonWhileTheUpstreamSaysNothingButComments() {
        var upstream =
                new PlayedUpstream(
                        "text/event-stream", Collections.nCopies(200, ": PROCESSING\n\n"), null);

        leavesAfterFiveSeconds(upstream, () -> stream(upstream));
    }

    /** Some providers do that to keep the connection while they think. */
    @Test
    void aClientThatLeavesIsNoticedSoonWhileTheUpstreamSaysNothingButBlanks() {
        var upstream = new PlayedUpstream("application/json", Collections.nCopies(200, "\n"), null);

        leavesAfterFiveSeconds(upstream, () -> relay("{\"model\":\"acme/chat\"", upstream));
    }

    @Test
    void aClientThatLeavesAnAnswerHalfWayPaysWhatTheProviderCounted() {
        var answer =
                "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"hello\"}}],"
                        + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":300}}";
        var pieces = answer.chars().mapToObj(c -> "" + (char) c).toList();
        var upstream = new PlayedUpstream("application/json", pieces, null);
        long left = Duration.ofSeconds(2).toNanos();
        upstream.onRead =
                () -> client.present = rig.nanos.addAndGet(Duration.ofMillis(100).toNanos()) < left;

        var _ = catchThrowable(() -> relay("{\"model\":\"acme/chat\"", upstream));

        assertThat(client.present).isFalse();
        assertThat(rig.settled().settlement().usage().outputTokens()).isEqualTo(300);
    }

    private void leavesAfterFiveSeconds(
            PlayedUpstream upstream, ThrowableAssert.ThrowingCallable relaying) {
        long left = Duration.ofSeconds(5).toNanos();
        upstream.onRead =
                () -> client.present = rig.nanos.addAndGet(Duration.ofMillis(100).toNanos()) < left;

        assertThatThrownBy(relaying).isInstanceOf(ClientGoneException.class);
        assertThat(Duration.ofNanos(rig.nanos.get() - left))
                .isLessThan(Presence.LOOK_EVERY.multipliedBy(2));
        assertThat(rig.settled().settlement().outcome()).isEqualTo(Outcome.CLIENT_GONE);
    }

    @Test
    void aFinishReasonOfMegabytesDoesNotReachTheRecord() throws ClientGoneException {
        var reason = "x".repeat(5 << 20);
        var answer = "{\"choices\":[{\"index\":0,\"finish_reason\":\"" + reason + "\"}]}";

        relay(
                "{\"model\":\"acme/chat\"",
                new PlayedUpstream("application/json", List.of(answer), null));

        assertThat(rig.settled().settlement().finishReason())
                .hasSize(ServedRequest.FINISH_REASON_CHARS_MAX);
    }

    @Test
    void aResponseThatFailedIsToldAsItIsAndChargedThePromptOnly() throws ClientGoneException {
        var answer =
                "{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"failed\",\"model\":\"gpt\","
                        + "\"error\":{\"code\":\"server_error\",\"message\":\"gpt broke, see a.com\"},"
                        + "\"usage\":{\"input_tokens\":7,\"output_tokens\":2,\"total_tokens\":9}}";

        relay(
                MoneyRig.read(
                        OpenAiRoute.RESPONSES, "{\"model\":\"acme/chat\",\"input\":\"hello\"}"),
                new PlayedUpstream("application/json", List.of(answer), null));

        assertThat(client.text())
                .contains("\"status\":\"failed\"", "\"code\":\"server_error\"")
                .contains("\"message\":\"acme/chat broke, see [removed]\"");
        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(settlement.usage().inputTokens()).isEqualTo(7);
        assertThat(settlement.usage().outputTokens()).isZero();
    }

    @Test
    void anErrorInPlaceOfAnAnswerIsStillAFailure() {
        var error = "{\"status\":\"failed\",\"error\":{\"message\":\"x\"}}";

        assertThatThrownBy(() ->
                        relay(
                                "{\"model\":\"acme/chat\"",
                                new PlayedUpstream("application/json", List.of(error), null)))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void anAnswerAboveThe32MibThatNeedAPlaceIsPassedOn() throws ClientGoneException {
        relay("{\"model\":\"acme/chat\"", padded(33 << 20));

        assertThat(client.text()).hasSizeGreaterThan(32 << 20).endsWith("}");
        assertThat(rig.settled().settlement().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void anAnswerThatIsTooLargeIsChargedItsPromptAndSaidNotToBeTriedAgain() {
        assertThatThrownBy(() -> relay("{\"model\":\"acme/chat\"", padded(ANSWER_BYTES_MAX)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> {
                            assertThat(e.problem().code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
                            assertThat(e.problem().retry()).isEqualTo(ErrorCode.Retry.NEVER);
                            assertThat(e.problem().message()).contains("40 MiB");
                        });
        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(settlement.usage().inputTokens()).isPositive();
        assertThat(settlement.usage().outputTokens()).isZero();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void anAnswerThatWeHaveNoRoomForCostsNobodyAnything() throws ClientGoneException {
        try (var taken = large.place()) {
            taken.take(new Audience(client, Drain.NEVER, rig.served.watch()));

            assertThatThrownBy(() -> relay("{\"model\":\"acme/chat\"", padded(33 << 20)))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.OVERLOADED));
        }
        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(settlement.charged()).isFalse();
        assertThat(settlement.usage().total()).isZero();
        assertThat(rig.tokensUsed()).isZero();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void anAnswerThatBecomesSmallNeedsItsPlaceNoLonger() throws ClientGoneException {
        var answer = new ArrayList<String>();
        answer.add("{\"data\":[{\"embedding\":[0.125");
        answer.addAll(Collections.nCopies(330, ",0.12500000000000000".repeat(5_243)));
        answer.add("]}]}");
        client.onSend = () -> assertThat(placeIsFree()).isTrue();

        relay(
                MoneyRig.read(
                        OpenAiRoute.EMBEDDINGS,
                        "{\"model\":\"acme/chat\",\"input\":\"x\",\"encoding_format\":\"base64\"}"),
                new PlayedUpstream("application/json", answer, null));

        assertThat(client.ended).isTrue();
    }

    private boolean placeIsFree() {
        try (var place = large.place()) {
            place.take(new Audience(client, Drain.NEVER, rig.served.watch()));
            return true;
        } catch (ProblemException | ClientGoneException e) {
            return false;
        }
    }

    /** An answer of a little more than so many bytes, in pieces. */
    private static PlayedUpstream padded(int bytes) {
        var pieces = new ArrayList<String>();
        pieces.add("{\"choices\":[],\"model\":\"gpt\",\"pad\":\"");
        pieces.addAll(Collections.nCopies(bytes >> 20, "x".repeat(1 << 20)));
        pieces.add("\"}");
        return new PlayedUpstream("application/json", pieces, null);
    }

    private static String finish(String reason) {
        return "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""
                + reason
                + "\"}]}\n\ndata: [DONE]\n\n";
    }

    private void stream(PlayedUpstream upstream) throws ClientGoneException {
        relay("{\"stream\":true,\"model\":\"acme/chat\"", upstream);
    }

    @Test
    void anAnswerThatIsAsLongAsAnnouncedIsNotCopied() throws Exception {
        var upstream = new PlayedUpstream("application/json", List.of("{\"a\":", "1}"), null);
        upstream.announced = 7;

        var body =
                RelayAnswer.read(upstream, new Audience(client, Drain.NEVER, rig.served.watch()));

        assertThat(body)
                .isSameAs(upstream.lastRead)
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"a\":1}");
    }

    @Test
    void anAnswerThatIsLongerThanAnnouncedIsReadWhole() throws Exception {
        var upstream = new PlayedUpstream("application/json", List.of("{\"a\":", "1}"), null);
        upstream.announced = 5;

        var body =
                RelayAnswer.read(upstream, new Audience(client, Drain.NEVER, rig.served.watch()));

        assertThat(body).asString(StandardCharsets.UTF_8).isEqualTo("{\"a\":1}");
    }

    private void relay(String head, PlayedUpstream upstream) throws ClientGoneException {
        relay(
                MoneyRig.read(head + ",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}"),
                upstream);
    }

    /** The target has failed so often that one more would take it out. */
    private void failOnceMoreToOpen() {
        for (int i = 1; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
            breaker.failed();
        }
    }

    private void relay(Asked asked, PlayedUpstream upstream) throws ClientGoneException {
        try (var open = rig.open(asked.request().stream())) {
            open.called(Provider.OPENAI, "gpt");
            var form = asked.form(MoneyRig.TARGET, MoneyRig.terms());
            var accepted =
                    new Answer.Accepted(
                            Provider.OPENAI,
                            open.view("gpt", ErrorDetail.PROVIDER),
                            upstream,
                            form,
                            Drain.NEVER);
            rig.served.accepted(accepted.provider(), accepted.targetModel());
            failOnceMoreToOpen();
            rig.served.answering(breaker);
            try {
                new RelayAnswer("X-Turnpike", large).apply(accepted, open, rig.served, client);
            } finally {
                rig.served.tellTarget();
            }
        } catch (BodyFaultException e) {
            throw new AssertionError(e);
        }
    }
}
