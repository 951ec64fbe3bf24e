package dev.turnpike.edge.protocol;

/**
 * What the endpoint, the caller and the target's own past say about how a target is asked.
 *
 * @param model the model's name at the target
 * @param forwardMetadata whether the body's {@code metadata} goes to the target
 * @param usageInStream whether the target understands {@code stream_options.include_usage}
 * @param ids of what the target stores
 */
public record TargetTerms(
        String model, boolean forwardMetadata, boolean usageInStream, StoredIds ids) {}
