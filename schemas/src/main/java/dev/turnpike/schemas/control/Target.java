package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.CredentialId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for an endpoint go.
 *
 * @param modelId the provider's own model identity; only for {@link Provider#BASETEN}
 * @param targetModel the model name sent upstream; null sends the slug
 * @param baseUrl null means the provider's own address; the wire's path is appended to it
 * @param secretId the credential sent upstream, null for none
 * @param region where the target runs, null when not declared
 * @param weight share among targets of the same priority, 1 to 1000
 * @param priority 0 is tried first
 * @param headers sent upstream as given
 * @param environmentName the deployment of the provider's model; null production; only for {@link
 *     Provider#BASETEN}
 * @param vertex only for {@link Provider#VERTEX}
 * @param drainOnDisconnect whether an answer whose client has left is read to its end; null means
 *     that it is cancelled
 */
public record Target(
        Provider provider,
        @Nullable String modelId,
        @Nullable String targetModel,
        @Nullable String baseUrl,
        @Nullable CredentialId secretId,
        @Nullable String region,
        int priority,
        int weight,
        Timeouts timeouts,
        Map<String, String> headers,
        @Nullable String environmentName,
        @Nullable VertexConfig vertex,
        @Nullable Boolean drainOnDisconnect) {
    public Target {
        headers = Map.copyOf(headers);
    }

    /** A target without what only one provider knows. */
    public Target(
            Provider provider,
            @Nullable String modelId,
            @Nullable String targetModel,
            @Nullable String baseUrl,
            @Nullable CredentialId secretId,
            @Nullable String region,
            int priority,
            int weight,
            Timeouts timeouts,
            Map<String, String> headers) {
        this(
                provider,
                modelId,
                targetModel,
                baseUrl,
                secretId,
                region,
                priority,
                weight,
                timeouts,
                headers,
                null,
                null,
                null);
    }

    /** A target whose calls are cancelled when the client leaves. */
    public Target(
            Provider provider,
            @Nullable String modelId,
            @Nullable String targetModel,
            @Nullable String baseUrl,
            @Nullable CredentialId secretId,
            @Nullable String region,
            int priority,
            int weight,
            Timeouts timeouts,
            Map<String, String> headers,
            @Nullable String environmentName,
            @Nullable VertexConfig vertex) {
        this(
                provider,
                modelId,
                targetModel,
                baseUrl,
                secretId,
                region,
                priority,
                weight,
                timeouts,
                headers,
                environmentName,
                vertex,
                null);
    }

    /** Whether an answer whose client has left is read to its end, for the provider's count. */
    public boolean drains() {
        return Boolean.TRUE.equals(drainOnDisconnect);
    }
}
