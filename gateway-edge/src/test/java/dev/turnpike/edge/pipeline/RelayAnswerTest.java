package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.journal.JournalUnavailableException;
import dev.turnpike.edge.protocol.TargetTerms;
import dev.turnpike.edge.upstream.ResponseHeaders;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of the money when an answer does not end as it should. */
class RelayAnswerTest {
    private static final String CHUNK =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one two three\"}}]}\n\n";

    private final MoneyRig rig = new MoneyRig();
    private final Client client = new Client();

    @Test
    void aStreamCutOffByOurOwnStopIsChargedWhatWasGenerated() throws ClientGoneException {
        stream(new Upstream("text/event-stream", List.of(CHUNK), new UpstreamFault.Cancelled()));

        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(settlement.usage().outputTokens()).isPositive();
        assertThat(client.text()).contains("\"error\"").doesNotContain("[DONE]");
    }

    @Test
    void aStreamThatASlowClientDragsOutIsChargedWhatWasGenerated() throws ClientGoneException {
        var late = new UpstreamFault.TimedOut(Stage.TOTAL, Duration.ofMinutes(10));

        stream(new Upstream("text/event-stream", List.of(CHUNK), late));

        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(settlement.usage().outputTokens()).isPositive();
    }

    @Test
    void aStreamThatTheUpstreamBreaksOffIsChargedThePromptOnly() throws ClientGoneException {
        stream(
                new Upstream(
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
        client.gone = true;

        assertThatThrownBy(() ->
                        stream(
                                new Upstream(
                                        "text/event-stream", List.of(CHUNK + CHUNK + usage), null)))
                .isInstanceOf(ClientGoneException.class);
        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(settlement.usage().outputTokens()).isEqualTo(300);
        assertThat(settlement.finishReason()).isNull();
    }

    @Test
    void aStreamWhoseEndCannotBeWrittenDownDoesNotLookWhole() {
        var upstream = new Upstream("text/event-stream", List.of(CHUNK, finish("stop")), null);
        client.onFirstByte = rig.journal::failNextWrite;

        assertThatThrownBy(() -> stream(upstream)).isInstanceOf(JournalUnavailableException.class);
        assertThat(client.ended).isFalse();
        assertThat(client.text()).doesNotContain("[DONE]");
        rig.journal.repair();
        assertThat(rig.settled().settlement().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aFinishReasonOfMegabytesDoesNotReachTheRecord() throws ClientGoneException {
        var reason = "x".repeat(5 << 20);
        var answer = "{\"choices\":[{\"index\":0,\"finish_reason\":\"" + reason + "\"}]}";

        relay("{\"model\":\"acme/chat\"", new Upstream("application/json", List.of(answer), null));

        assertThat(rig.settled().settlement().finishReason())
                .hasSize(ServedRequest.FINISH_REASON_CHARS_MAX);
    }

    private static String finish(String reason) {
        return "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""
                + reason
                + "\"}]}\n\ndata: [DONE]\n\n";
    }

    private void stream(Upstream upstream) throws ClientGoneException {
        relay("{\"stream\":true,\"model\":\"acme/chat\"", upstream);
    }

    private void relay(String head, Upstream upstream) throws ClientGoneException {
        var asked = MoneyRig.read(head + ",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}");
        try (var open = rig.open(asked.request().stream())) {
            open.called(Provider.OPENAI, "gpt");
            var form = asked.form(MoneyRig.TARGET, new TargetTerms("gpt", false, true));
            var accepted = new Answer.Accepted(Provider.OPENAI, "gpt", upstream, form);
            rig.served.accepted(accepted.provider(), accepted.targetModel());
            new RelayAnswer("X-Turnpike").apply(accepted, open, rig.served, client);
        } catch (BodyFaultException e) {
            throw new AssertionError(e);
        }
    }

    /** Says some pieces and then ends, or breaks. */
    private static final class Upstream implements UpstreamCall {
        private final ResponseHeaders headers;
        private final Deque<byte[]> pieces = new ArrayDeque<>();
        private final @Nullable UpstreamFault fault;

        Upstream(String contentType, List<String> texts, @Nullable UpstreamFault fault) {
            this.headers = ResponseHeaders.of("content-type", contentType);
            this.fault = fault;
            texts.forEach(text -> pieces.add(text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public ResponseHeaders headers() {
            return headers;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws UpstreamFaultException {
            var piece = pieces.poll();
            if (piece == null) {
                if (fault != null) {
                    throw new UpstreamFaultException(fault);
                }
                return -1;
            }
            int count = Math.min(length, piece.length);
            System.arraycopy(piece, 0, buffer, offset, count);
            if (count < piece.length) {
                pieces.addFirst(Arrays.copyOfRange(piece, count, piece.length));
            }
            return count;
        }

        @Override
        public int read(byte[] buffer, int offset, int length, Duration slice)
                throws UpstreamFaultException {
            return read(buffer, offset, length);
        }

        @Override
        public boolean bodyComplete() {
            return pieces.isEmpty() && fault == null;
        }

        @Override
        public boolean drain(Duration patience) {
            return bodyComplete();
        }

        @Override
        public void close() {}
    }

    /** Keeps what it is sent. */
    private static final class Client implements ClientReply, ClientReply.Stream {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private Runnable onFirstByte = () -> {};
        private boolean ended;
        private boolean gone;

        String text() {
            return received.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void header(String name, String value) {}

        @Override
        public void send(int status, String contentType, byte[] body) {
            received.writeBytes(body);
            ended = true;
        }

        @Override
        public Stream open(int status, String contentType) {
            return this;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws ClientGoneException {
            if (gone) {
                throw new ClientGoneException(new IOException("broken pipe"));
            }
            if (received.size() == 0) {
                onFirstByte.run();
            }
            received.write(bytes, offset, length);
        }

        @Override
        public void flush() {}

        @Override
        public void end() {
            ended = true;
        }
    }
}
