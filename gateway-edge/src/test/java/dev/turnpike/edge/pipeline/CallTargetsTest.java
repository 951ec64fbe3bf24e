package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.demo.DemoModel;
import dev.turnpike.edge.upstream.Limits;
import dev.turnpike.edge.upstream.Patience;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.usage.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallTargetsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Target IMPOSSIBLE =
            target(Provider.OPENAI_COMPATIBLE, Map.of("x-team", "two\nlines"));

    private final MoneyRig rig = new MoneyRig();

    @Test
    void aTargetWhoseHeadersMakeNoRequestIsNotCalledAndFails() {
        var answer = call(List.of(IMPOSSIBLE));

        assertThat(answer).isInstanceOf(Answer.Failed.class);
        assertThat(((Answer.Failed) answer).outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        rig.journal.kill();
        assertThat(rig.journal.facts()).isEmpty();
    }

    @Test
    void theNextTargetAnswersInstead() {
        var answer = call(List.of(IMPOSSIBLE, target(Provider.DEMO, Map.of())));

        assertThat(answer).isInstanceOf(Answer.Accepted.class);
        assertThat(((Answer.Accepted) answer).provider()).isEqualTo(Provider.DEMO);
    }

    @Test
    void aTargetOutsideTheRegionIsNotTheNextOne() {
        var inside = target(Provider.OPENAI_COMPATIBLE, Map.of("x-team", "two\nlines"), "EU");
        var outside = target(Provider.OPENAI, Map.of("x-team", "two\nlines"), "US");

        var answer = call("EU", List.of(inside, outside));

        assertThat(answer).isInstanceOf(Answer.Failed.class);
        var attempts = rig.served.notAccepted(Outcome.UPSTREAM_FAILED, 502).attempts();
        assertThat(attempts).hasSize(1);
        assertThat(attempts.getFirst().provider()).isEqualTo(Provider.OPENAI_COMPATIBLE);
    }

    private Answer call(List<Target> targets) {
        return call("UNRESTRICTED", targets);
    }

    private Answer call(String region, List<Target> targets) {
        var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (var client =
                new UpstreamClient(
                        AddressPolicy.publicOnly(), Limits.DEFAULT, System::nanoTime, tls)) {
            return callTargets(client, rig)
                    .apply(
                            new CallTargets.Request(
                                    endpoint(region, targets),
                                    rig.open(),
                                    rig.asked,
                                    rig.served,
                                    Patience.ENDLESS,
                                    new Drains(System::nanoTime).leave(false)));
        }
    }

    /** Calls over {@code client} without a credential. */
    static CallTargets callTargets(UpstreamClient client, MoneyRig rig) {
        var credentials =
                new Credentials(
                        new ControlView(CompiledSchemas.INSTANCE, 1),
                        new Envelope(MasterKey.of(new byte[MasterKey.BYTES])));
        var urls = OutboundUrl.Policy.HTTPS_ONLY;
        return new CallTargets(
                new TargetClient(
                        client,
                        new UpstreamAddress(urls),
                        credentials,
                        new ServiceTokens(client, urls, rig.clock),
                        new DemoModel(rig.clock)),
                new TargetHealth(System::nanoTime),
                MoneyRig.IDS,
                new Random(1));
    }

    static Target target(Provider provider, Map<String, String> headers) {
        return target(provider, headers, null);
    }

    private static Target target(
            Provider provider, Map<String, String> headers, @Nullable String region) {
        return new Target(
                provider,
                null,
                "model",
                "https://example.com/v1",
                null,
                region,
                provider == Provider.DEMO ? 1 : 0,
                1,
                Timeouts.DEFAULT,
                headers);
    }

    static Endpoint endpoint(List<Target> targets) {
        return endpoint("UNRESTRICTED", targets);
    }

    private static Endpoint endpoint(String region, List<Target> targets) {
        return new Endpoint(
                EndpointId.ofUlid("01JD0000000000000000000003"),
                new Slug(MoneyRig.SLUG),
                targets,
                region,
                false,
                NOW,
                NOW,
                1);
    }
}
