package dev.turnpike.control.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.usage.KeyUse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageCopyTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final GroupId GROUP = GroupId.ofUlid("01HZ0000000000000000000001");
    private static final GroupId OTHER = GroupId.ofUlid("01HZ0000000000000000000002");
    private static final KeyPrefix PREFIX = new KeyPrefix("own-key-of-acme1");

    @Test
    void aKeyIsUsedWhenItsOwnUseIsKnown() {
        assertThat(use(GROUP, NOON.plusSeconds(1))).isEqualTo(new LastUse.At(NOON.plusSeconds(1)));
        assertThat(UsageCopy.lastUse(key(), Optional.empty())).isEqualTo(new LastUse.Never());
    }

    @Test
    void anEdgeWhoseClockIsBehindMayUseAKeyBeforeItWasMade() {
        var early = NOON.minus(UsageCopy.CLOCK_SKEW_MAX);
        assertThat(use(GROUP, early)).isEqualTo(new LastUse.At(early));
    }

    @Test
    void theUseOfAnEarlierKeyWithTheSamePrefixIsNotThatOfTheKey() {
        assertThat(use(OTHER, NOON.plusSeconds(1))).isEqualTo(new LastUse.Never());
        assertThat(use(GROUP, NOON.minus(Duration.ofHours(1)))).isEqualTo(new LastUse.Never());
    }

    private static LastUse use(GroupId group, Instant at) {
        return UsageCopy.lastUse(key(), Optional.of(new KeyUse(PREFIX, group, at)));
    }

    private static ApiKey key() {
        return new ApiKey(
                PREFIX,
                GROUP,
                GROUP,
                null,
                new byte[32],
                1,
                NOON,
                null,
                null,
                List.of(),
                null,
                null);
    }
}
