package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.host.HostView;
import dev.turnpike.edge.limit.AppliedLimits;
import dev.turnpike.edge.protocol.Dialect;
import dev.turnpike.edge.upstream.Limits;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

/** Who owns what a request took, whatever breaks on its way. */
class InferencePipelineTest {
    private static final int BODY_BYTES_MAX = 1 << 20;

    private final MoneyRig rig = new MoneyRig();
    private final AtomicInteger charged = new AtomicInteger();

    @Test
    void whatBreaksWhileItsLimitsAreToldIsEndedAndFree() {
        var bug = new IllegalStateException("a bug");

        assertThatThrownBy(() -> serve(new BreakingReply("x-ratelimit-limit-tokens", bug)))
                .isSameAs(bug);

        assertThatItIsAbortedAndFree();
    }

    @Test
    void whatHasNoMemoryToTellItsLimitsIsEndedAndFree() {
        var noMemory = new OutOfMemoryError("none");

        assertThatThrownBy(() -> serve(new BreakingReply("x-ratelimit-reset-tokens", noMemory)))
                .isSameAs(noMemory);

        assertThatItIsAbortedAndFree();
    }

    @Test
    void whatBreaksBetweenItsTargetAndItsAnswerIsEndedAndPaidForOnce() {
        var bug = new IllegalStateException("a bug");

        assertThatThrownBy(() -> serve(new BreakingReply("X-Turnpike-Overhead-Ms", bug)))
                .isSameAs(bug);

        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(settlement.charged()).isTrue();
        assertThat(rig.tokensUsed()).isEqualTo(settlement.usage().inputTokens());
        assertThat(rig.journal.journal().status().open()).isZero();
        assertThat(charged).hasValue(1);
    }

    private void assertThatItIsAbortedAndFree() {
        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(settlement.charged()).isFalse();
        assertThat(settlement.attempts()).isEmpty();
        assertThat(rig.tokensUsed()).isZero();
        assertThat(rig.journal.journal().status().open()).isZero();
        assertThat(charged).hasValue(0);
    }

    private void serve(ClientReply reply) throws ClientGoneException {
        var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (var client =
                new UpstreamClient(
                        AddressPolicy.publicOnly(), Limits.DEFAULT, System::nanoTime, tls)) {
            var demo = CallTargetsTest.target(Provider.DEMO, Map.of());
            var request =
                    new InferencePipeline.Admitting(
                            rig.inbound(),
                            AppliedLimits.of(MoneyRig.group(), MoneyRig.SLUG),
                            rig.asked,
                            CallTargetsTest.endpoint(List.of(demo)),
                            MoneyRig.call(false),
                            Dialect.OPENAI);
            var asker = new InferencePipeline.Asker(reply, false, charged::incrementAndGet);
            pipeline(client).admitted(request, asker);
        }
    }

    private InferencePipeline pipeline(UpstreamClient client) {
        var control = new ControlView(CompiledSchemas.INSTANCE, 1);
        var hasher = new KeyHasher(Map.of(1, new byte[32]), 1);
        var entry =
                new InferencePipeline.Entry(
                        new Freshness(() -> MoneyRig.NOON, Duration.ofMinutes(1), () -> true),
                        new Authenticate(control, hasher, new HostView(control, true)),
                        new Resolve(control),
                        new Repeats(rig.nanos::get, "X-Turnpike"));
        var large = new LargeAnswers(BODY_BYTES_MAX, LargeAnswers.PATIENCE, rig.nanos::get);
        return new InferencePipeline(
                entry,
                rig.money,
                new Admit(rig.money, new IdSource(rig.clock, new Random(1))),
                CallTargetsTest.callTargets(client, rig),
                new RelayAnswer("X-Turnpike", large),
                new Drains(rig.nanos::get),
                rig.clock,
                "X-Turnpike");
    }

    /** Breaks when it is told one header. */
    private record BreakingReply(String header, Throwable what) implements ClientReply {
        @Override
        public void header(String name, String value) {
            if (name.equals(header)) {
                switch (what) {
                    case Error error -> throw error;
                    case RuntimeException bug -> throw bug;
                    default -> throw new AssertionError(what);
                }
            }
        }

        @Override
        public void send(int status, String contentType, byte[] body) {
            throw new AssertionError("answered");
        }

        @Override
        public Stream open(int status, String contentType) {
            throw new AssertionError("answered");
        }
    }
}
