package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.Dispensable;
import java.util.Set;

/**
 * What the endpoint, the caller and the target's own past say about how a target is asked.
 *
 * @param model the model's name at the target
 * @param forwardMetadata whether the body's {@code metadata} goes to the target
 * @param without what the target is known to refuse
 * @param ids of what the target stores
 */
public record TargetTerms(
        String model, boolean forwardMetadata, Set<Dispensable> without, StoredIds ids) {}
