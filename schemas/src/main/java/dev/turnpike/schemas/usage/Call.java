package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.RequestId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked, as every record about the request repeats it.
 *
 * @param admittedAt when the request was admitted or refused, by the edge's clock; windows and
 *     prices are chosen by it
 * @param modelSlug the public name that was called
 * @param endpointId the endpoint it resolved to, null when it resolved to none
 * @param operation OpenTelemetry's {@code gen_ai.operation.name}: {@code chat}, {@code embeddings},
 *     ...
 * @param stream whether the client asked for a stream
 * @param requestMetadata the body's {@code metadata}: at most 16 pairs, 1 kB
 * @param client what the client says of the request, null when it says nothing
 */
public record Call(
        RequestId requestId,
        Instant admittedAt,
        Caller caller,
        String modelSlug,
        @Nullable EndpointId endpointId,
        String operation,
        boolean stream,
        Map<String, String> requestMetadata,
        @Nullable ClientTrace client) {
    public Call {
        requestMetadata = Map.copyOf(requestMetadata);
    }

    /** What a client asked who says nothing of it. */
    public Call(
            RequestId requestId,
            Instant admittedAt,
            Caller caller,
            String modelSlug,
            @Nullable EndpointId endpointId,
            String operation,
            boolean stream,
            Map<String, String> requestMetadata) {
        this(
                requestId,
                admittedAt,
                caller,
                modelSlug,
                endpointId,
                operation,
                stream,
                requestMetadata,
                null);
    }
}
