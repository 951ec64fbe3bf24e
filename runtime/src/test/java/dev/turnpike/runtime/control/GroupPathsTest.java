package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.id.GroupId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupPathsTest {
    private final Map<GroupId, Group> groups = new HashMap<>();
    private final GroupPaths paths = new GroupPaths(this::found, 10);
    private int asked;

    /** A tree of five levels, each group below the one before; 6 is a sibling of 5. */
    GroupPathsTest() {
        add(1, null, 1);
        for (int level = 2; level <= 5; level++) {
            add(level, id(level - 1), level);
        }
        add(6, id(4), 5);
    }

    @Test
    void whatIsBetweenAGroupAndItsRootIsNamedFromTheTop() {
        assertThat(between(1)).isEmpty();
        assertThat(between(2)).isEmpty();
        assertThat(between(3)).containsExactly(id(2));
        assertThat(between(4)).containsExactly(id(2), id(3));
        assertThat(between(5)).containsExactly(id(2), id(3), id(4));
    }

    @Test
    void siblingsShareWhatWasFoundOnce() {
        var found = between(5);
        int before = asked;
        assertThat(between(6)).isSameAs(found);
        assertThat(between(5)).isSameAs(found);
        assertThat(asked).isEqualTo(before);
    }

    @Test
    void aRootAndItsChildrenAreKnownWithoutAsking() {
        between(1);
        between(2);
        assertThat(asked).isZero();
    }

    @Test
    void aPathThatCannotBeFollowedToItsRootIsNoneAndIsAskedForAgain() {
        var third = Objects.requireNonNull(groups.remove(id(3)));
        assertThat(between(5)).isEmpty();
        groups.put(id(3), third);
        assertThat(between(5)).containsExactly(id(2), id(3), id(4));
    }

    @Test
    void aCircleOfParentsEnds() {
        add(3, id(4), 3);
        assertThat(between(5)).isEmpty();
    }

    private List<GroupId> between(int number) {
        return paths.between(Objects.requireNonNull(groups.get(id(number))));
    }

    private Optional<Group> found(GroupId id) {
        asked++;
        return Optional.ofNullable(groups.get(id));
    }

    private void add(int number, @Nullable GroupId parent, int level) {
        groups.put(
                id(number),
                new Group(
                        id(number),
                        "customer-" + number,
                        null,
                        List.of(),
                        List.of(),
                        LimitEnforcement.CASCADING,
                        parent,
                        id(1),
                        level,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        1));
    }

    private static GroupId id(int number) {
        return GroupId.ofUlid("01ARZ3NDEK%016d".formatted(number));
    }
}
