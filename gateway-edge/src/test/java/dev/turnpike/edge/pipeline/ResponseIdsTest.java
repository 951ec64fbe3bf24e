package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import org.junit.jupiter.api.Test;

class ResponseIdsTest {
    private static final GroupId MINE = GroupId.ofUlid("01JD0000000000000000000001");
    private static final GroupId OTHER = GroupId.ofUlid("01JD0000000000000000000002");
    private static final EndpointId HERE = EndpointId.ofUlid("01JD0000000000000000000003");
    private static final EndpointId THERE = EndpointId.ofUlid("01JD0000000000000000000004");

    private final ResponseIds ids = new ResponseIds(new byte[32]);

    @Test
    void whatACallerWasShownLeadsBackToTheTargetsIdentity() {
        var shown = ids.of(MINE, HERE, MoneyRig.TARGET).shown("resp_abc.def");

        assertThat(shown).matches("resp_[A-Za-z0-9_-]+").doesNotContain("abc");
        assertThat(ids.of(MINE, HERE, MoneyRig.TARGET).known(shown)).contains("resp_abc.def");
        assertThat(ids.stored(MINE, shown).orElseThrow().endpoint()).isEqualTo(HERE);
    }

    @Test
    void nobodyElseAndNoOtherEndpointCanUseIt() {
        var shown = ids.of(MINE, HERE, MoneyRig.TARGET).shown("resp_abc");

        assertThat(ids.of(OTHER, HERE, MoneyRig.TARGET).known(shown)).isEmpty();
        assertThat(ids.of(MINE, THERE, MoneyRig.TARGET).known(shown)).isEmpty();
        assertThat(new ResponseIds(new byte[] {1}).stored(MINE, shown)).isEmpty();
    }

    @Test
    void whatIsMadeUpOrChangedIsNothing() {
        var shown = ids.of(MINE, HERE, MoneyRig.TARGET).shown("resp_abc");
        var changed = shown.substring(0, 12) + (shown.charAt(12) == 'A' ? 'B' : 'A');

        assertThat(ids.stored(MINE, changed + shown.substring(13))).isEmpty();
        for (var text : new String[] {"", "resp_", "resp_abc", "x", "resp_!!", "resp_ä"}) {
            assertThat(ids.stored(MINE, text)).as(text).isEmpty();
        }
    }
}
