package dev.turnpike.schemas.control;

/**
 * Where a model of Vertex AI runs.
 *
 * @param projectId the cloud project that is billed
 * @param location region of the cloud, or {@code global}
 */
public record VertexConfig(String projectId, String location) {}
