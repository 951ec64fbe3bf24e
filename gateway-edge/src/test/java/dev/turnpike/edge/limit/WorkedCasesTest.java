package dev.turnpike.edge.limit;

import static dev.turnpike.schemas.limit.LimitType.TOKEN;
import static dev.turnpike.schemas.limit.LimitUnit.DAY;
import static dev.turnpike.schemas.limit.LimitUnit.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.testkit.ManualClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The worked cases of the documented semantics, as requests meet them. */
class WorkedCasesTest {
    private static final int ROOT = 9;
    private static final int CHILD = 8;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-01T12:00:00Z"));
    private final FastAdmission admission = new FastAdmission("me/1", clock);

    @Test
    void inASharedPoolOneChildsTokensAreMissingForTheOther() {
        var pool = Trees.limit(ROOT, TOKEN, MINUTE, 100);
        var one = Trees.group(1, ROOT, Trees.limit(1, TOKEN, MINUTE, 70), pool);
        var two = Trees.group(2, ROOT, Trees.limit(2, TOKEN, MINUTE, 70), pool);

        spend(one, 70);
        spend(two, 30);

        var breach = refused(two).breach();
        assertThat(breach.limit().sourceGroup()).isEqualTo(Trees.group(ROOT));
        assertThat(breach.used()).isEqualTo(100);
        assertThat(used(Trees.limit(2, TOKEN, MINUTE, 0))).as("40 of its own remain").isEqualTo(30);
    }

    @Test
    void aGroupWithoutALimitOfItsOwnIsChargedAndGatedAbove() {
        var above = Trees.limit(CHILD, TOKEN, DAY, 800);
        var root = Trees.limit(ROOT, TOKEN, DAY, 1_000);
        var grandchild = Trees.group(1, ROOT, above, root);

        assertThat(spend(grandchild, 300))
                .extracting(Charge::groupId, Charge::actual)
                .containsExactlyInAnyOrder(
                        tuple(Trees.group(CHILD), 300L), tuple(Trees.group(ROOT), 300L));

        spend(grandchild, 500);
        assertThat(refused(grandchild).breach().limit().sourceGroup())
                .isEqualTo(Trees.group(CHILD));
        var beside = Trees.group(2, ROOT, root);
        spend(beside, 200);
        assertThat(refused(beside).breach().limit().sourceGroup()).isEqualTo(Trees.group(ROOT));
    }

    @Test
    void aTemplateIsMeteredForEachGroupOnItsOwn() {
        var one = Trees.group(1, ROOT, template(1));
        var two = Trees.group(2, ROOT, template(2));

        spend(one, 100);

        refused(one);
        spend(two, 100);
        assertThat(used(Trees.limit(ROOT, TOKEN, MINUTE, 0))).isZero();
    }

    /** A limit of the root that applies to a group of an INDEPENDENT tree. */
    private static EffectiveLimit template(int group) {
        return new EffectiveLimit(TOKEN, MINUTE, 100, Trees.group(ROOT), Trees.group(group));
    }

    private List<Charge> spend(Group group, long tokens) {
        var result = ask(group, tokens);
        assertThat(result).isInstanceOf(Admitted.class);
        return admission.settle(((Admitted) result).reservation(), tokens, 0);
    }

    private Refused refused(Group group) {
        var result = ask(group, 1);
        assertThat(result).isInstanceOf(Refused.class);
        return (Refused) result;
    }

    /** What stands on a counter, asked by a limit of 0 on it. */
    private long used(EffectiveLimit nothing) {
        return refused(Trees.group(7, ROOT, nothing)).breach().used();
    }

    private AdmissionResult ask(Group group, long tokens) {
        return admission.admit(
                new AdmissionRequest(
                        clock.instant(), AppliedLimits.of(group, Trees.SLUG), tokens, 0));
    }
}
