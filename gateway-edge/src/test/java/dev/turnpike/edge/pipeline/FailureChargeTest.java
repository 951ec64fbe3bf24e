package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.UsageSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who pays the prompt of a request that no target began to answer. */
class FailureChargeTest {
    @ParameterizedTest
    @EnumSource(names = {"BY_STAGE", "NONE"})
    void a5xxBeforeTheFirstByteCostsNothing(FailureCharge onFailure) {
        var rig = new MoneyRig(onFailure);
        var settlement = failed(rig, true);

        assertThat(settlement.charged()).isFalse();
        assertThat(settlement.usage().total()).isZero();
        assertThat(rig.tokensUsed()).isZero();
    }

    @Test
    void a5xxBeforeTheFirstByteCostsThePromptWhereTheEndpointSaysSo() {
        var rig = new MoneyRig(FailureCharge.PROMPT_ONLY);
        var settlement = failed(rig, true);

        assertThat(settlement.charged()).isTrue();
        assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(settlement.usageSource()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(settlement.provider()).isEqualTo(Provider.OPENAI);
        assertThat(settlement.usage().inputTokens()).isPositive();
        assertThat(settlement.usage().outputTokens()).isZero();
        assertThat(rig.tokensUsed()).isEqualTo(settlement.usage().total());
    }

    @Test
    void aTargetThatNeverTookThePromptCostsNothingEvenThere() {
        var rig = new MoneyRig(FailureCharge.PROMPT_ONLY);

        assertThat(failed(rig, false).charged()).isFalse();
        assertThat(rig.tokensUsed()).isZero();
    }

    private static Settlement failed(MoneyRig rig, boolean taken) {
        try (var open = rig.open()) {
            open.called(Provider.OPENAI, "gpt");
            rig.served.attempted(Provider.OPENAI, "gpt", taken ? 503 : 0, null, 0);
            if (taken) {
                rig.served.promptTaken();
            }
            open.settle(rig.served.notAccepted(Outcome.UPSTREAM_FAILED, 502));
        }
        return rig.settled().settlement();
    }
}
