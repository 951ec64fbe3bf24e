package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.GroupId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A customer, or a part of one. Groups form trees; a group's access is its own {@code models}.
 *
 * @param externalEntityId the operator's own id of the customer, unique among living groups
 * @param models as written by the operator
 * @param effectiveModels {@code models} with inherited limits, computed by the writer when this
 *     group or an ancestor changes, so that a reader needs this one record
 * @param parentGroupId null for a root
 * @param rootGroupId the top of the tree; itself for a root
 * @param level 1 for a root, at most 5
 * @param version counts the changes of this resource, from 1
 */
public record Group(
        GroupId id,
        String externalEntityId,
        @Nullable String name,
        List<ModelAccess> models,
        List<EffectiveModel> effectiveModels,
        LimitEnforcement limitEnforcement,
        @Nullable GroupId parentGroupId,
        GroupId rootGroupId,
        int level,
        Instant createdAt,
        Instant updatedAt,
        long version)
        implements Resource {
    public Group {
        models = List.copyOf(models);
        effectiveModels = List.copyOf(effectiveModels);
    }

    /**
     * The equal group that names the ids of {@code known} itself, and not equal ones: an id takes
     * 90 bytes, a group may name ten, and there may be a hundred thousand groups in memory.
     */
    public Group sharing(List<GroupId> known) {
        var parent = parentGroupId;
        return new Group(
                id,
                externalEntityId,
                name,
                models,
                effectiveModels.stream().map(model -> model.sharing(known)).toList(),
                limitEnforcement,
                parent == null ? null : parent.among(known),
                rootGroupId.among(known),
                level,
                createdAt,
                updatedAt,
                version);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.GROUP;
    }

    @Override
    public String resourceId() {
        return id.value();
    }
}
