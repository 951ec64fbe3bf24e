package dev.turnpike.usage.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.usage.domain.KeyOwners.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random uses of a few keys, late, doubled and dated ahead, in transactions that may be lost. */
class KeyUsesSimTest {
    private static final int KEYS = 6;
    private static final int STEPS = 4_000;
    private static final int LOST_ONE_IN = 40;
    private static final KeyOwners THERE = (key, group) -> Owner.ITSELF;

    /** What a reader of the topic has, and when each key was last written about. */
    private static final class Topic {
        final Map<KeyPrefix, Instant> shown = new HashMap<>();
        final Map<KeyPrefix, Instant> writtenAt = new HashMap<>();
        final List<KeyUse> uncommitted = new ArrayList<>();

        void commit(Instant wall, String at) {
            for (var use : uncommitted) {
                var key = use.apiKeyPrefix();
                var before = shown.put(key, use.lastUsedAt());
                if (before != null) {
                    assertThat(use.lastUsedAt()).as("%s: not back", at).isAfter(before);
                }
                var last = writtenAt.put(key, wall);
                if (last != null) {
                    assertThat(Duration.between(last, wall))
                            .as("%s: once a minute", at)
                            .isGreaterThanOrEqualTo(KeyUses.QUIET);
                }
            }
            uncommitted.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 20_260_101})
    void everyKeyIsShownAsOfItsNewestUseAtMostAMinuteLateAndNeverGoesBack(long seed) {
        var random = new Random(seed);
        var committed = new MemoryKeyUses();
        var topic = new Topic();
        var truth = new HashMap<KeyPrefix, Instant>();
        var wall = Facts.NOON;
        for (int step = 0; step < STEPS; step++) {
            wall = wall.plusMillis(random.nextInt(4_000));
            var at = "step " + step + ", seed " + seed;
            var work = committed.copy();
            var uses = new KeyUses(work, THERE);
            var seen = new HashMap<>(truth);
            for (int i = random.nextInt(4); i > 0; i--) {
                var call = call(random.nextInt(KEYS), moment(wall, random));
                uses.used(call, wall).ifPresent(topic.uncommitted::add);
                var moment = call.admittedAt().isAfter(wall) ? wall : call.admittedAt();
                seen.merge(key(call), moment, KeyUsesSimTest::later);
            }
            topic.uncommitted.addAll(uses.due(wall, 100));
            if (random.nextInt(LOST_ONE_IN) == 0) {
                topic.uncommitted.clear(); // And with it what the log would give again later.
                continue;
            }
            committed = work;
            truth = seen;
            topic.commit(wall, at);
            shownInTime(topic, truth, wall, at);
            assertThat(committed.waiting()).as(at).isLessThanOrEqualTo(KEYS);
        }
        var end = wall.plus(KeyUses.QUIET).plusSeconds(1);
        topic.uncommitted.addAll(new KeyUses(committed, THERE).due(end, 100));
        topic.commit(end, "the end, seed " + seed);
        truth.forEach((key, newest) ->
                assertThat(topic.shown.get(key))
                        .as("%s at the end, seed %d", key, seed)
                        .isBetween(newest.minus(KeyUses.STEP), newest));
    }

    /** Never later than the truth, and behind it by no more than what may wait. */
    private static void shownInTime(
            Topic topic, Map<KeyPrefix, Instant> truth, Instant wall, String at) {
        truth.forEach((key, newest) -> {
            var shown = topic.shown.get(key);
            assertThat(shown).as("%s %s", key, at).isNotNull().isBeforeOrEqualTo(newest);
            var lag = Duration.between(topic.writtenAt.get(key), wall);
            if (newest.isAfter(shown.plus(KeyUses.STEP))) {
                assertThat(lag).as("%s %s", key, at).isLessThan(KeyUses.QUIET);
            }
        });
    }

    @Test
    void aKeyThatIsGoneIsForgottenADayAfterItsLastUseAndOthersStay() {
        var state = new MemoryKeyUses();
        var gone = new HashSet<KeyPrefix>();
        var uses =
                new KeyUses(
                        state, (key, group) -> gone.contains(key) ? Owner.NOBODY : Owner.ITSELF);
        for (int i = 0; i < KEYS; i++) {
            uses.used(call(i, Facts.NOON), Facts.NOON);
        }
        gone.add(key(call(1, Facts.NOON)));
        gone.add(key(call(4, Facts.NOON)));
        assertThat(all(uses, Facts.NOON.plus(KeyUses.KEPT))).isEmpty();
        assertThat(all(uses, Facts.NOON.plus(KeyUses.KEPT).plusMillis(1))).isEqualTo(gone);
        assertThat(state.uses).hasSize(KEYS - 2);
    }

    @Test
    void aKeyThatIsForgottenWhileItWaitsIsNotPublished() {
        var state = new MemoryKeyUses();
        var uses = new KeyUses(state, (key, group) -> Owner.NOBODY);
        uses.used(call(1, Facts.NOON), Facts.NOON);
        uses.used(call(1, Facts.NOON.plusSeconds(5)), Facts.NOON.plusSeconds(5));
        var later = Facts.NOON.plus(Duration.ofDays(2));
        assertThat(uses.forget(later, 10)).hasSize(1);
        assertThat(uses.due(later, 10)).isEmpty();
    }

    /** Looks at two keys at a time until it has been round. */
    private static Set<KeyPrefix> all(KeyUses uses, Instant wall) {
        var found = new HashSet<KeyPrefix>();
        for (int i = 0; i < KEYS; i++) {
            found.addAll(uses.forget(wall, 2));
        }
        return found;
    }

    private static Instant moment(Instant wall, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> wall.minusSeconds(random.nextInt(100_000)); // An edge was cut off.
            case 1 -> wall.plusSeconds(random.nextInt(100_000)); // Its clock is wrong.
            default -> wall.minusMillis(random.nextInt(300));
        };
    }

    private static Call call(int key, Instant at) {
        var prefix = new KeyPrefix("tp_key" + key);
        var caller = new Caller(Facts.GROUP, Facts.GROUP, "customer-1", prefix);
        return new Call(Facts.request(1), at, caller, Facts.SLUG, null, "chat", false, Map.of());
    }

    private static KeyPrefix key(Call call) {
        return call.caller().apiKeyPrefix();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
