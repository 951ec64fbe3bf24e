package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.Slug;
import java.time.Instant;
import java.util.List;

/**
 * A published model.
 *
 * @param targets 1 to 8
 * @param region {@code UNRESTRICTED} or a region code
 * @param forwardMetadata whether the body's {@code metadata} goes upstream
 * @param version counts the changes of this resource, from 1
 */
public record Endpoint(
        EndpointId id,
        Slug slug,
        List<Target> targets,
        String region,
        boolean forwardMetadata,
        Instant createdAt,
        Instant updatedAt,
        long version)
        implements Resource {
    public Endpoint {
        targets = List.copyOf(targets);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.ENDPOINT;
    }

    @Override
    public String resourceId() {
        return id.value();
    }
}
