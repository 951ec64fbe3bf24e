package dev.turnpike.schemas.control;

import java.time.Instant;

/**
 * Something an operator manages. A resource record is the whole current state of one thing; the
 * control log carries it before and after each change.
 */
public sealed interface Resource
        permits Endpoint,
                Group,
                ApiKey,
                Credential,
                Webhook,
                Price,
                ManagementKey,
                IdempotencyRecord,
                LogHead,
                RegistrationKey,
                WebhookReplay,
                Adjustment,
                Prefix,
                Domain {
    /** What kind of thing it is. */
    ResourceKind kind();

    /** Its identity within the kind. */
    String resourceId();

    /** When it was created, by the writer's clock. */
    Instant createdAt();

    /** Key of its record in {@code turnpike.control.state}: {@code kind/id}. */
    default String stateKey() {
        return kind().stateKey(resourceId());
    }
}
