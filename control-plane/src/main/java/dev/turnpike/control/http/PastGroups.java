package dev.turnpike.control.http;

import dev.turnpike.control.domain.GroupTree;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.log.AuditLog;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.id.GroupId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Finds groups that may be deleted: whoever has left is to be billed and credited all the same. The
 * log is kept for ever, so it does not matter how long ago that was.
 */
record PastGroups(AuditLog audit) {
    /**
     * The group as it is, or as it was made if it is deleted; empty when there never was one. Reads
     * the log for the latter, which takes a moment and is not for the log's own thread.
     *
     * @throws dev.turnpike.runtime.problem.ProblemException if the log does not answer
     */
    Optional<Group> find(String id, Image image) {
        return image.group(id).or(() -> GroupId.parse(id).flatMap(this::created));
    }

    /**
     * A group with where it stands, or stood.
     *
     * @param between the groups between its root and itself, from the top
     */
    record Standing(Group group, List<GroupId> between) {
        Standing {
            between = List.copyOf(between);
        }

        /** Of a group that {@code image} has. */
        static Standing of(Group group, Image image) {
            return new Standing(group, GroupTree.between(image, group));
        }
    }

    /** As {@link #find}; of its ancestors some may be gone too. */
    Optional<Standing> standing(String id, Image image) {
        return find(id, image).map(group -> standing(group, image));
    }

    /** No group ever moves, so where it was made is where it stood. */
    private Standing standing(Group group, Image image) {
        var between = new ArrayDeque<GroupId>();
        var above = above(group, image);
        while (above.isPresent() && above.get().parentGroupId() != null) {
            between.addFirst(above.get().id());
            above = above(above.get(), image);
        }
        return new Standing(group, List.copyOf(between));
    }

    private Optional<Group> above(Group group, Image image) {
        return Optional.ofNullable(group.parentGroupId())
                .flatMap(parent -> find(parent.value(), image));
    }

    private Optional<Group> created(GroupId id) {
        try {
            return audit.created(id);
        } catch (RetriableException e) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "The log does not answer in time")
                    .asException(e);
        }
    }
}
