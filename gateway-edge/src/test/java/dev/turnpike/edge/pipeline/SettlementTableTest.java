package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.upload.SpoolSpace;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ResetMidBody;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.UsageSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who pays what, for every way a short stream can end, after each of its events and bytes. */
class SettlementTableTest {
    private static final List<UpstreamFault> BREAKS =
            List.of(new ResetMidBody("reset"), new TimedOut(Stage.IDLE, Duration.ofSeconds(1)));

    @TempDir private static Path directory;

    private final SpoolSpace disk = new SpoolSpace(directory, 1 << 20);
    private FailureCharge onFailure = FailureCharge.BY_STAGE;
    private Drain drain = Drain.NEVER;

    @ParameterizedTest
    @EnumSource
    void aWholeStreamIsChargedByTheProvidersCount(Spoken spoken) {
        whole(play(spoken, spoken.events(), null, new KeptReply()), Outcome.COMPLETED);
    }

    @ParameterizedTest
    @EnumSource
    void howTheStreamIsCutIntoReadsChangesNothing(Spoken spoken) {
        var all = String.join("", spoken.events());
        var expected = new KeptReply();
        play(spoken, List.of(all), null, expected);
        for (int at = 1; at < all.length(); at++) {
            var client = new KeptReply();

            var settlement =
                    play(spoken, List.of(all.substring(0, at), all.substring(at)), null, client);

            whole(settlement, Outcome.COMPLETED);
            assertThat(client.text()).as("cut at %d", at).isEqualTo(expected.text());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamTheUpstreamBreaksOffIsChargedItsPromptOnly(Spoken spoken) {
        for (int events = 0; events < spoken.events().size() - 1; events++) {
            for (var fault : BREAKS) {
                var client = new KeptReply();
                var settlement = play(spoken, spoken.events().subList(0, events), fault, client);

                assertThat(settlement.outcome()).isEqualTo(outcome(fault));
                assertThat(settlement.charged()).isTrue();
                prompt(spoken, settlement);
                assertThat(settlement.usage().outputTokens()).as("after %d", events).isZero();
                assertThat(client.text()).contains("\"error\"").doesNotContain("[DONE]");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamTheUpstreamBreaksOffCostsNothingWhereTheEndpointSaysSo(Spoken spoken) {
        onFailure = FailureCharge.NONE;
        for (int events = 0; events < spoken.events().size() - 1; events++) {
            for (var fault : BREAKS) {
                var settlement =
                        play(spoken, spoken.events().subList(0, events), fault, new KeptReply());

                assertThat(settlement.outcome()).isEqualTo(outcome(fault));
                assertThat(settlement.charged()).isFalse();
                assertThat(settlement.usage().total()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatJustEndsTooEarlyIsChargedItsPromptOnly(Spoken spoken) {
        for (int events = 0; events <= Spoken.DELTAS; events++) {
            var settlement =
                    play(spoken, spoken.events().subList(0, events), null, new KeptReply());

            if (spoken.endsWithItsBody()) {
                assertThat(settlement.outcome()).isEqualTo(Outcome.COMPLETED);
                assertThat(settlement.usageSource()).isEqualTo(UsageSource.MISSING);
            } else {
                assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
            }
            assertThat(settlement.usage().outputTokens()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesPaysForWhatWasGeneratedUntilThen(Spoken spoken) {
        long before = -1;
        for (int flushes = 0; flushes < spoken.events().size() - 1; flushes++) {
            var client = new KeptReply();
            client.flushesLeft = flushes;
            var settlement = play(spoken, spoken.events(), null, client);

            if (settlement.outcome() == Outcome.COMPLETED) {
                break; // The rest had nothing left to write to the client.
            }
            assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
            assertThat(settlement.charged()).isTrue();
            prompt(spoken, settlement);
            assertThat(settlement.usage().outputTokens())
                    .as("after %d", flushes)
                    .isGreaterThanOrEqualTo(spoken.countable() ? 1 : 0)
                    .isGreaterThanOrEqualTo(before);
            before = settlement.usage().outputTokens();
        }
        assertThat(before).isGreaterThanOrEqualTo(spoken.countable() ? 1 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesAtAnyByteIsSettledOnceAndPaysItsPrompt(Spoken spoken) {
        var seen = new KeptReply();
        play(spoken, spoken.events(), null, seen);
        for (int bytes = 0; bytes < seen.text().length(); bytes++) {
            var client = new KeptReply();
            client.bytesLeft = bytes;

            var settlement = play(spoken, spoken.events(), null, client);

            assertThat(settlement.outcome()).isIn(Outcome.CLIENT_GONE, Outcome.COMPLETED);
            if (spoken.countable()) {
                assertThat(settlement.usage().inputTokens()).as("at byte %d", bytes).isPositive();
            } else {
                assertThat(settlement.usage().inputTokens()).isIn(0L, Spoken.PROMPT);
            }
            assertThat(client.text()).isEqualTo(seen.text().substring(0, bytes));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatIsDrainedIsChargedByItsOwnCountWheneverTheClientLeaves(Spoken spoken) {
        drain = () -> true;
        for (int flushes = 0; flushes < Spoken.DELTAS; flushes++) {
            var client = new KeptReply();
            client.flushesLeft = flushes;

            whole(play(spoken, spoken.events(), null, client), Outcome.CLIENT_GONE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatBreaksOffWhileItIsDrainedIsChargedAsTheClientLeftIt(Spoken spoken) {
        drain = () -> true;
        for (int events = 1; events <= Spoken.DELTAS; events++) {
            var client = new KeptReply();
            client.flushesLeft = 0;
            var said = spoken.events().subList(0, events);

            var settlement = play(spoken, said, new ResetMidBody("reset"), client);

            assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
            prompt(spoken, settlement);
            assertThat(settlement.usage().outputTokens())
                    .isBetween(spoken.countable() ? 1L : 0, Spoken.OUTPUT - 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatOurOwnStopCutsOffIsChargedAsGenerated(Spoken spoken) {
        for (int events = 1; events <= Spoken.DELTAS; events++) {
            var said = spoken.events().subList(0, events);
            var settlement = play(spoken, said, new Cancelled(), new KeptReply());

            assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(settlement.usage().outputTokens() > 0).isEqualTo(spoken.countable());
        }
    }

    /** What nobody counts costs its request alone. */
    private static void prompt(Spoken spoken, Settlement settlement) {
        if (spoken.countable()) {
            assertThat(settlement.usage().inputTokens()).isPositive();
        } else {
            assertThat(settlement.usage().total()).isZero();
            assertThat(settlement.usageSource()).isEqualTo(UsageSource.MISSING);
        }
    }

    private static void whole(Settlement settlement, Outcome outcome) {
        assertThat(settlement.outcome()).isEqualTo(outcome);
        assertThat(settlement.usageSource()).isEqualTo(UsageSource.PROVIDER);
        assertThat(settlement.usage().inputTokens()).isEqualTo(Spoken.PROMPT);
        assertThat(settlement.usage().outputTokens()).isEqualTo(Spoken.OUTPUT);
    }

    private static Outcome outcome(UpstreamFault fault) {
        return fault instanceof TimedOut ? Outcome.TIMED_OUT : Outcome.UPSTREAM_FAILED;
    }

    private Settlement play(
            Spoken spoken, List<String> reads, @Nullable UpstreamFault fault, KeptReply client) {
        var asked = spoken.asked(disk);
        var rig = new MoneyRig(onFailure, asked.request());
        try (var open = rig.open(true)) {
            open.called(spoken.provider, "gpt");
            rig.served.accepted(spoken.provider, "gpt");
            var upstream = new PlayedUpstream("text/event-stream", reads, fault);
            var accepted =
                    new Answer.Accepted(
                            spoken.provider,
                            open.view("gpt", ErrorDetail.PROVIDER),
                            upstream,
                            spoken.form(asked),
                            drain);
            new RelayAnswer("X-Turnpike", new LargeAnswers(1 << 20, Duration.ZERO, rig.nanos::get))
                    .apply(accepted, open, rig.served, client);
        } catch (ClientGoneException e) {
            // Settled all the same, which is what is looked at.
            return rig.settled().settlement();
        }
        return rig.settled().settlement();
    }
}
