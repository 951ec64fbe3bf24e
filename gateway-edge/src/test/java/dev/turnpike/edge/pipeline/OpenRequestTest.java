package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.journal.JournalUnavailableException;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenRequestTest {
    private final MoneyRig rig = new MoneyRig();

    @Test
    void whatBreaksBeforeAnUpstreamAcceptedEndsTheRequestOnceAndChargesNothing() {
        assertThatThrownBy(this::breakAfterTheCall).hasMessage("a bug");

        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(settlement.charged()).isFalse();
        assertThat(rig.tokensUsed()).isZero();
        assertThat(rig.journal.journal().status().open()).isZero();
    }

    private void breakAfterTheCall() {
        try (var open = rig.open()) {
            open.called(Provider.OPENAI, "gpt");
            throw new IllegalArgumentException("a bug");
        }
    }

    @Test
    void whatBreaksInTheMiddleOfAnAnswerIsChargedThePromptAndWhatWasGenerated() {
        try (var open = rig.open()) {
            open.called(Provider.DEMO, "demo");
            rig.served.accepted(Provider.DEMO, "demo");
            open.generated(17, 0);
        }

        var settlement = rig.settled().settlement();
        assertThat(settlement.charged()).isTrue();
        assertThat(settlement.usage().inputTokens()).isEqualTo(MoneyRig.PROMPT);
        assertThat(settlement.usage().outputTokens()).isEqualTo(17);
        assertThat(rig.tokensUsed()).isEqualTo(MoneyRig.PROMPT + 17);
    }

    @Test
    void aDiskThatIsFullAtTheFirstCallLeavesNothing() {
        var open = rig.open();
        rig.journal.failNextWrite();
        assertThatThrownBy(() -> open.called(Provider.OPENAI, "gpt"))
                .isInstanceOf(JournalUnavailableException.class);
        open.close();

        rig.journal.repair();

        assertThat(rig.tokensUsed()).isZero();
        assertThat(rig.journal.facts()).isEmpty();
        assertThat(rig.journal.journal().status().open()).isZero();
    }

    @Test
    void whatBreaksBeforeTheFirstCallIsWrittenDownAndFree() {
        rig.open().close();

        assertThat(rig.settled().settlement().charged()).isFalse();
        assertThat(rig.tokensUsed()).isZero();
    }

    @Test
    void aDiskThatIsFullAtALaterCallLeavesOneFreeEndForWhenItWorksAgain() {
        var open = rig.open();
        open.called(Provider.OPENAI, "first");
        rig.journal.failNextWrite();
        assertThatThrownBy(() -> open.called(Provider.OPENAI, "gpt"))
                .isInstanceOf(JournalUnavailableException.class);
        open.close();
        assertThat(rig.tokensUsed()).isZero();

        rig.journal.repair();

        assertThat(rig.settled().settlement().charged()).isFalse();
        assertThat(rig.journal.journal().status().open()).isZero();
    }

    @Test
    void aDiskThatIsFullAtTheEndKeepsTheEndForLater() {
        var open = rig.open();
        open.called(Provider.OPENAI, "gpt");
        rig.journal.failNextWrite();
        assertThatThrownBy(() -> open.settle(rig.served.notAccepted(Outcome.TIMED_OUT, 504)))
                .isInstanceOf(JournalUnavailableException.class);
        open.close();

        rig.journal.repair();

        assertThat(rig.settled().settlement().outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void anEndThatCannotBeCountedIsNotTheEnd() {
        var nonsense = new TokenUsage(Long.MAX_VALUE, 0, 0, Long.MAX_VALUE, 0);

        assertThatThrownBy(() -> endWith(nonsense, MoneyRig.NOON))
                .isInstanceOf(IllegalArgumentException.class);

        assertThatItIsAbortedAndFree();
        assertThat(rig.tokensUsed()).isZero();
    }

    @Test
    void anEndThatCannotBeWrittenIsNotTheEnd() {
        // No such number of microseconds.
        assertThatThrownBy(() -> endWith(new TokenUsage(3, 0, 0, 4, 0), Instant.MAX))
                .isInstanceOf(IllegalStateException.class);

        assertThatItIsAbortedAndFree();
        assertThat(rig.tokensUsed()).as("what was counted stays").isEqualTo(7);
    }

    private void assertThatItIsAbortedAndFree() {
        var settlement = rig.settled().settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(settlement.charged()).isFalse();
        assertThat(rig.journal.journal().status().open()).isZero();
    }

    private void endWith(TokenUsage usage, Instant at) {
        try (var open = rig.open()) {
            open.called(Provider.OPENAI, "gpt");
            open.settle(
                    new Settlement(
                            Outcome.COMPLETED,
                            true,
                            usage,
                            UsageSource.PROVIDER,
                            false,
                            null,
                            Provider.OPENAI,
                            "gpt",
                            200,
                            "stop",
                            at,
                            12,
                            null,
                            List.of()));
        }
    }

    @Test
    void whatTheJournalOwesIsKnownToBeCharged() {
        var open = rig.open();
        open.called(Provider.OPENAI, "gpt");
        rig.served.accepted(Provider.OPENAI, "gpt");
        rig.journal.failNextWrite();
        assertThatThrownBy(() -> open.settle(rig.served.ended(Outcome.COMPLETED, 200)))
                .isInstanceOf(JournalUnavailableException.class);

        assertThat(open.charged()).isTrue();
        open.close();
        rig.journal.repair();
        assertThat(rig.settled().settlement().charged()).isTrue();
    }

    @Test
    void whatBreaksInTheMiddleOfAnAnswerIsKnownToBeChargedWhenItIsClosed() {
        var open = rig.open();
        open.called(Provider.DEMO, "demo");
        rig.served.accepted(Provider.DEMO, "demo");
        assertThat(open.charged()).isFalse();

        open.close();

        assertThat(open.charged()).isTrue();
    }

    @Test
    void whatNobodyAcceptedOrCouldBeCalledForIsNotCharged() {
        var refused = rig.open();
        refused.called(Provider.OPENAI, "gpt");
        refused.settle(rig.served.notAccepted(Outcome.TIMED_OUT, 504));
        refused.close();
        assertThat(refused.charged()).isFalse();

        var other = new MoneyRig();
        var unwritten = other.open();
        other.journal.failNextWrite();
        assertThatThrownBy(() -> unwritten.called(Provider.OPENAI, "gpt"))
                .isInstanceOf(JournalUnavailableException.class);
        unwritten.close();
        assertThat(unwritten.charged()).isFalse();
    }
}
