package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.Slug;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A published model.
 *
 * @param targets 1 to 8
 * @param region {@code UNRESTRICTED} or a region code
 * @param forwardMetadata whether the body's {@code metadata} goes upstream
 * @param version counts the changes of this resource, from 1
 * @param failureCharge who pays the prompt when a target fails; null means by stage
 * @param errorDetail how much of a target's errors is shown; null means what is about the body
 */
public record Endpoint(
        EndpointId id,
        Slug slug,
        List<Target> targets,
        String region,
        boolean forwardMetadata,
        Instant createdAt,
        Instant updatedAt,
        long version,
        @Nullable FailureCharge failureCharge,
        @Nullable ErrorDetail errorDetail)
        implements Resource {
    /** The region of an endpoint whose requests may be worked on anywhere. */
    public static final String UNRESTRICTED = "UNRESTRICTED";

    public Endpoint {
        targets = List.copyOf(targets);
    }

    /** An endpoint that leaves to us what failures cost and what is said of them. */
    public Endpoint(
            EndpointId id,
            Slug slug,
            List<Target> targets,
            String region,
            boolean forwardMetadata,
            Instant createdAt,
            Instant updatedAt,
            long version) {
        this(id, slug, targets, region, forwardMetadata, createdAt, updatedAt, version, null, null);
    }

    /** Who pays the prompt when a target fails. */
    public FailureCharge onFailure() {
        return failureCharge == null ? FailureCharge.BY_STAGE : failureCharge;
    }

    /** How much of a target's errors clients are shown. */
    public ErrorDetail ofErrors() {
        return errorDetail == null ? ErrorDetail.PROVIDER : errorDetail;
    }

    /**
     * Whether a target may see its requests. One whose region nobody declared may not; the demo
     * model does not leave the process.
     */
    public boolean admits(Target target) {
        return region.equals(UNRESTRICTED)
                || region.equalsIgnoreCase(target.region())
                || target.provider() == Provider.DEMO;
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
