package dev.turnpike.schemas.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallerTest {
    private static final GroupId ROOT = group(1);
    private static final GroupId LEAF = group(4);
    private static final List<GroupId> BETWEEN = List.of(group(2), group(3));
    private static final GroupId OTHER = group(9);

    private final Map<GroupId, GroupId> parents = new HashMap<>();

    @Test
    void aRecordThatNamesWhatIsBetweenIsFoundAfterAllOfItWasDeleted() {
        var caller = caller(LEAF, BETWEEN);
        for (int above = 1; above <= 4; above++) {
            assertThat(within(caller, group(above))).as("group %d", above).isTrue();
        }
        assertThat(within(caller, OTHER)).isFalse();
        assertThat(caller.within(Set.of(OTHER, group(3)), this::parentOf)).isTrue();
        assertThat(caller.within(Set.of(), this::parentOf)).isFalse();
    }

    @Test
    void aRecordThatNamesWhatIsBetweenAsksNobodyElse() {
        parents.put(LEAF, OTHER);
        assertThat(within(caller(LEAF, BETWEEN), OTHER)).isFalse();
    }

    @Test
    void aRecordOfAnOlderReleaseIsFoundByTheTreeAsItIsNow() {
        var older = caller(LEAF, List.of());
        assertThat(within(older, ROOT)).isTrue();
        assertThat(within(older, LEAF)).isTrue();
        assertThat(within(older, group(2))).isFalse();
        parents.put(LEAF, group(3));
        parents.put(group(3), group(2));
        parents.put(group(2), ROOT);
        for (int above = 1; above <= 4; above++) {
            assertThat(within(older, group(above))).as("group %d", above).isTrue();
        }
        assertThat(within(older, OTHER)).isFalse();
    }

    @Test
    void aRootHasNobodyAboveIt() {
        parents.put(ROOT, OTHER);
        assertThat(within(caller(ROOT, List.of()), ROOT)).isTrue();
        assertThat(within(caller(ROOT, List.of()), OTHER)).isFalse();
    }

    @Test
    void aCircleOfParentsEnds() {
        parents.put(LEAF, group(3));
        parents.put(group(3), LEAF);
        assertThat(within(caller(LEAF, List.of()), OTHER)).isFalse();
    }

    @Test
    void theEntryOfAnAdjustmentSaysWhereItsGroupStood() {
        var codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
        var entry = codec.decode(codec.encode(LedgerEntry.of(adjustment())));

        assertThat(entry.call().caller().groupsBetween()).isEqualTo(BETWEEN);
        assertThat(within(entry.call().caller(), group(2))).isTrue();
    }

    private boolean within(Caller caller, GroupId top) {
        return caller.within(List.of(top), this::parentOf);
    }

    private Optional<GroupId> parentOf(GroupId id) {
        return Optional.ofNullable(parents.get(id));
    }

    private static Caller caller(GroupId group, List<GroupId> between) {
        return new Caller(group, ROOT, "customer", new KeyPrefix("tp_abcdef"), between);
    }

    private static Adjustment adjustment() {
        return new Adjustment(
                AdjustmentId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                LEAF,
                ROOT,
                "customer",
                new NanoUsd(-5),
                "goodwill",
                null,
                null,
                new byte[32],
                Instant.EPOCH,
                BETWEEN);
    }

    private static GroupId group(int number) {
        return GroupId.ofUlid("01ARZ3NDEK%016d".formatted(number));
    }
}
