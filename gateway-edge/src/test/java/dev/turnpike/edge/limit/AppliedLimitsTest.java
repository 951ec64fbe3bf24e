package dev.turnpike.edge.limit;

import static dev.turnpike.schemas.limit.LimitType.COST;
import static dev.turnpike.schemas.limit.LimitType.REQUEST;
import static dev.turnpike.schemas.limit.LimitType.TOKEN;
import static dev.turnpike.schemas.limit.LimitUnit.DAY;
import static dev.turnpike.schemas.limit.LimitUnit.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.limit.EffectiveLimit;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppliedLimitsTest {
    @Test
    void aModelMeetsItsOwnLimitsAndThoseOfAllModels() {
        var limit = Trees.limit(COST, DAY, 1);
        var star = Trees.group(1, 1, List.of(Trees.model("*", limit)));

        assertThat(AppliedLimits.of(Trees.leaf(limit), Trees.SLUG).count(COST)).isTrue();
        assertThat(AppliedLimits.of(star, Trees.SLUG).count(COST)).isTrue();
        assertThat(AppliedLimits.of(Trees.leaf(limit), "acme/other").count(COST)).isFalse();
        assertThat(AppliedLimits.of(Trees.leaf(limit), "acme/other").all()).isEmpty();
    }

    @Test
    void tokensAreCountedWhereTheyOrTheirCostAreLimited() {
        assertThat(countsTokens(Trees.limit(TOKEN, MINUTE, 1))).isTrue();
        assertThat(countsTokens(Trees.limit(COST, DAY, 1))).isTrue();
        assertThat(countsTokens(Trees.limit(REQUEST, MINUTE, 1))).isFalse();
    }

    @Test
    void ofLimitsOnOneCounterTheFirstIsCharged() {
        var group =
                Trees.leaf(
                        Trees.limit(TOKEN, MINUTE, 10),
                        Trees.limit(REQUEST, MINUTE, 10),
                        Trees.limit(TOKEN, MINUTE, 5),
                        Trees.limit(TOKEN, DAY, 5));

        assertThat(AppliedLimits.of(group, Trees.SLUG).all())
                .extracting(AppliedLimit::charges)
                .containsExactly(true, true, false, true);
    }

    private static boolean countsTokens(EffectiveLimit limit) {
        return AppliedLimits.of(Trees.leaf(limit), Trees.SLUG).countTokens();
    }
}
