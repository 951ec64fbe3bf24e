package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.protocol.Incoming;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ResetMidBody;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.UsageSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who pays what, for every way a short stream can end, after each of its events. */
class SettlementTableTest {
    /** A short stream of a protocol: 3 deltas, then what says that it is whole. */
    private enum Spoken {
        CHAT(
                OpenAiRoute.CHAT,
                "\"messages\":[{\"role\":\"user\",\"content\":\"say it\"}]",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":33}}",
                "[DONE]"),
        COMPLETIONS(
                OpenAiRoute.COMPLETIONS,
                "\"prompt\":\"say it\"",
                "{\"choices\":[{\"index\":0,\"text\":\"word \",\"finish_reason\":null}]}",
                "{\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":33}}",
                "[DONE]"),
        RESPONSES(
                OpenAiRoute.RESPONSES,
                "\"input\":\"say it\"",
                "{\"type\":\"response.output_text.delta\",\"delta\":\"word \"}",
                "{\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"usage\":"
                        + "{\"input_tokens\":9,\"output_tokens\":33}}}");

        private static final int DELTAS = 3;

        private final OpenAiRoute route;
        private final String body;
        private final List<String> events = new ArrayList<>();

        Spoken(OpenAiRoute route, String prompt, String delta, String... end) {
            this.route = route;
            this.body = "{\"model\":\"acme/chat\",\"stream\":true," + prompt + "}";
            for (int i = 0; i < DELTAS; i++) {
                events.add(event(delta));
            }
            for (var data : end) {
                events.add(event(data));
            }
        }

        private static String event(String data) {
            return "data: " + data + "\n\n";
        }
    }

    @ParameterizedTest
    @EnumSource(Spoken.class)
    void aWholeStreamIsChargedByTheProvidersCount(Spoken spoken) {
        var settlement = play(spoken, spoken.events.size(), null, new KeptReply());

        assertThat(settlement.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(settlement.usageSource()).isEqualTo(UsageSource.PROVIDER);
        assertThat(settlement.usage().inputTokens()).isEqualTo(9);
        assertThat(settlement.usage().outputTokens()).isEqualTo(33);
    }

    @ParameterizedTest
    @EnumSource(Spoken.class)
    void aStreamTheUpstreamBreaksOffIsChargedItsPromptOnly(Spoken spoken) {
        for (int events = 0; events < spoken.events.size() - 1; events++) {
            for (var fault :
                    List.<UpstreamFault>of(
                            new ResetMidBody("reset"),
                            new TimedOut(Stage.IDLE, Duration.ofSeconds(1)))) {
                var client = new KeptReply();
                var settlement = play(spoken, events, fault, client);

                boolean timed = fault instanceof TimedOut;
                assertThat(settlement.outcome())
                        .isEqualTo(timed ? Outcome.TIMED_OUT : Outcome.UPSTREAM_FAILED);
                assertThat(settlement.charged()).isTrue();
                assertThat(settlement.usage().inputTokens()).isPositive();
                assertThat(settlement.usage().outputTokens()).as("after %d", events).isZero();
                assertThat(client.text()).contains("\"error\"").doesNotContain("[DONE]");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Spoken.class)
    void aStreamThatJustEndsTooEarlyIsChargedItsPromptOnly(Spoken spoken) {
        for (int events = 0; events <= Spoken.DELTAS; events++) {
            var settlement = play(spoken, events, null, new KeptReply());

            assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
            assertThat(settlement.usage().outputTokens()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Spoken.class)
    void aClientThatLeavesPaysForWhatWasGeneratedUntilThen(Spoken spoken) {
        long before = -1;
        for (int flushes = 0; flushes < spoken.events.size() - 1; flushes++) {
            var client = new KeptReply();
            client.flushesLeft = flushes;
            var settlement = play(spoken, spoken.events.size(), null, client);

            if (settlement.outcome() == Outcome.COMPLETED) {
                break; // The rest had nothing left to write to the client.
            }
            assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
            assertThat(settlement.charged()).isTrue();
            assertThat(settlement.usage().inputTokens()).isPositive();
            assertThat(settlement.usage().outputTokens())
                    .as("after %d", flushes)
                    .isPositive()
                    .isGreaterThanOrEqualTo(before);
            before = settlement.usage().outputTokens();
        }
        assertThat(before).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Spoken.class)
    void whatOurOwnStopCutsOffIsChargedAsGenerated(Spoken spoken) {
        for (int events = 1; events <= Spoken.DELTAS; events++) {
            var settlement = play(spoken, events, new Cancelled(), new KeptReply());

            assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(settlement.usage().outputTokens()).isPositive();
        }
    }

    private static Settlement play(
            Spoken spoken, int events, @Nullable UpstreamFault fault, KeptReply client) {
        var rig = new MoneyRig();
        var bytes = spoken.body.getBytes(StandardCharsets.UTF_8);
        try (var open = rig.open(true)) {
            var asked =
                    new OpenAiProtocol(spoken.route)
                            .read(new Incoming(bytes, name -> Optional.empty(), "", null));
            open.called(Provider.OPENAI, "gpt");
            rig.served.accepted(Provider.OPENAI, "gpt");
            var upstream =
                    new PlayedUpstream(
                            "text/event-stream", spoken.events.subList(0, events), fault);
            var form = asked.form(MoneyRig.TARGET, MoneyRig.terms());
            var accepted = new Answer.Accepted(Provider.OPENAI, "gpt", upstream, form);
            new RelayAnswer("X-Turnpike").apply(accepted, open, rig.served, client);
        } catch (BodyFaultException e) {
            throw new AssertionError(e);
        } catch (ClientGoneException e) {
            // Settled all the same, which is what is looked at.
            return rig.settled().settlement();
        }
        return rig.settled().settlement();
    }
}
