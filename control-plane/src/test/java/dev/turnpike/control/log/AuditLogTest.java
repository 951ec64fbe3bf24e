package dev.turnpike.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.log.AuditLog.Page;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.id.EventId;
import dev.turnpike.schemas.id.GroupId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Where the creation of a group is looked for in a log of many facts. */
class AuditLogTest {
    private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private static final GroupId ID = GroupId.ofUlid(ULID);
    private static final Instant DRAWN = ID.drawnAt();
    private static final Instant FIRST = DRAWN.minus(Duration.ofHours(1));

    /** Facts at a steady rate, of which one is the creation. */
    private record Log(long perSecond, Instant createdAt) {
        Optional<Group> found() {
            return AuditLog.created(ID, this::offset, this::read);
        }

        private long offset(Instant at) {
            return Duration.between(FIRST, at).toMillis() * perSecond / 1_000;
        }

        private Page read(
                long from, Predicate<ControlEvent> wanted, Optional<Instant> until, int limit) {
            long end = Math.min(from + AuditLog.SCANNED_MAX, offset(until.orElseThrow()));
            long at = offset(createdAt);
            var creation = creation(createdAt);
            if (from <= at && at < end && wanted.test(creation)) {
                return new Page(List.of(creation), OptionalLong.of(at + 1));
            }
            boolean more = end == from + AuditLog.SCANNED_MAX;
            return new Page(List.of(), more ? OptionalLong.of(end) : OptionalLong.empty());
        }
    }

    @Test
    void aGroupThatWasMadeInABulkLoadIsFound() {
        var found = new Log(4_000, DRAWN.plusMillis(20)).found();

        assertThat(found).map(Group::id).contains(ID);
    }

    @Test
    void aGroupThatWaitedLongForItsDecisionIsFound() {
        var found = new Log(100, DRAWN.plus(Duration.ofMinutes(10))).found();

        assertThat(found).map(Group::id).contains(ID);
    }

    @Test
    void aGroupIsFoundThatWasMadeAfterTheClockWasSetBack() {
        var found = new Log(1_000, DRAWN.minusSeconds(40)).found();

        assertThat(found).map(Group::id).contains(ID);
    }

    @Test
    void aGroupThatNeverWasIsNotFound() {
        var found = new Log(4_000, DRAWN.minus(Duration.ofMinutes(10))).found();

        assertThat(found).isEmpty();
    }

    private static ControlEvent creation(Instant at) {
        var group =
                new Group(
                        ID,
                        "customer",
                        null,
                        List.of(),
                        List.of(),
                        LimitEnforcement.INDEPENDENT,
                        null,
                        ID,
                        1,
                        at,
                        at,
                        1);
        return new ControlEvent(
                1,
                EventId.ofUlid(ULID),
                at,
                new Actor("system", "test", null, null),
                "req",
                "group.created",
                null,
                group,
                new byte[32],
                new byte[32]);
    }
}
