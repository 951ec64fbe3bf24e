package dev.turnpike.usage.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.usage.domain.KeyOwners.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One prefix that is registered again and again under three groups, two of them of one tree and so
 * in one task, while uses of earlier keys come late and tasks put away what is gone.
 */
class KeyHandoverSimTest {
    private static final int STEPS = 3_000;
    private static final KeyPrefix PREFIX = new KeyPrefix("own-key-of-acme1");
    private static final List<GroupId> GROUPS =
            List.of(
                    GroupId.ofUlid("01HZ0000000000000000000001"),
                    GroupId.ofUlid("01HZ0000000000000000000002"),
                    GroupId.ofUlid("01HZ0000000000000000000003"));

    private final KeyUses[] tasks = new KeyUses[] {task(), task()};
    private @Nullable GroupId owner;
    private @Nullable KeyUse topic;

    private KeyUses task() {
        return new KeyUses(new MemoryKeyUses(), (prefix, group) -> ownerOf(group));
    }

    private Owner ownerOf(GroupId group) {
        if (owner == null) {
            return Owner.NOBODY;
        }
        return owner.equals(group) ? Owner.ITSELF : Owner.ANOTHER;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 20_261_121})
    void aKeyThatTookThePrefixOfAnotherKeepsItsLastUse(long seed) {
        var random = new Random(seed);
        var wall = Facts.NOON;
        @Nullable Instant used = null;
        for (int step = 0; step < STEPS; step++) {
            var at = "step " + step + ", seed " + seed;
            wall = wall.plusMillis(random.nextInt(100) == 0 ? 90_000_000 : random.nextInt(8_000));
            if (random.nextInt(50) == 0) {
                owner = random.nextInt(4) == 0 ? null : GROUPS.get(random.nextInt(GROUPS.size()));
                used = null;
            }
            if (owner != null && random.nextInt(3) > 0) {
                used = wall;
                use(owner, wall, wall);
            }
            if (random.nextInt(4) == 0) { // Of whoever had the prefix before, and dated ahead.
                var late = GROUPS.get(random.nextInt(GROUPS.size()));
                if (!late.equals(owner)) {
                    use(late, wall.plusSeconds(random.nextInt(3) - 1), wall);
                }
            }
            boolean shown = shows(used);
            for (var task : tasks) {
                task.due(wall, 10).forEach(this::published);
                task.forget(wall, 10).forEach(key -> topic = null);
            }
            assertThat(!shown || shows(used)).as("%s: it stays", at).isTrue();
            if (used != null && used.plus(KeyUses.QUIET).isBefore(wall)) {
                assertThat(shows(used)).as("%s: it comes", at).isTrue();
            }
        }
    }

    @Test
    void whatWaitsOfAKeyThatWasReplacedIsNotPublishedAndItsEndTakesNothingAway() {
        owner = GROUPS.get(0);
        use(owner, Facts.NOON, Facts.NOON);
        use(owner, Facts.NOON.plusSeconds(5), Facts.NOON.plusSeconds(5));
        owner = GROUPS.get(1);
        var now = Facts.NOON.plusSeconds(20);
        use(owner, now, now);
        assertThat(shows(now)).isTrue();

        assertThat(tasks[0].due(now.plus(KeyUses.QUIET), 10)).isEmpty();
        assertThat(tasks[0].forget(now.plus(Duration.ofDays(2)), 10)).isEmpty();
    }

    @Test
    void aUseByAKeyThatIsNotKnownYetIsPublishedOnceItIs() {
        owner = GROUPS.get(0);
        use(GROUPS.get(1), Facts.NOON, Facts.NOON);
        assertThat(topic).isNull();

        owner = GROUPS.get(1);
        tasks[1].due(Facts.NOON.plus(KeyUses.QUIET), 10).forEach(this::published);
        assertThat(shows(Facts.NOON)).isTrue();
    }

    private void use(GroupId group, Instant at, Instant wall) {
        var caller = new Caller(group, group, "customer-1", PREFIX);
        var call =
                new Call(Facts.request(1), at, caller, Facts.SLUG, null, "chat", false, Map.of());
        // The first group is the root of one tree, the others are of another.
        tasks[group.equals(GROUPS.get(0)) ? 0 : 1].used(call, wall).ifPresent(this::published);
    }

    private void published(KeyUse use) {
        topic = use;
    }

    /** Whether a reader is told of the last use of the key that is there. */
    private boolean shows(@Nullable Instant used) {
        return used != null
                && topic != null
                && topic.groupId().equals(owner)
                && !topic.lastUsedAt().isBefore(used.minus(KeyUses.QUIET).minus(KeyUses.STEP));
    }
}
