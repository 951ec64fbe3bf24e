package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.IdempotencyRecord;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Prefix;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.RegistrationKey;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay;

/** The version a resource carries for its {@code ETag}. */
public final class Versions {
    private Versions() {}

    /** How often the resource has changed, from 1; what never changes stays at 1. */
    public static long of(Resource resource) {
        return switch (resource) {
            case Endpoint e -> e.version();
            case Group g -> g.version();
            case Credential c -> c.version();
            case Webhook w -> w.version();
            case Price p -> p.version();
            case Domain d -> d.version();
            case LogHead head -> head.sequence();
            case ApiKey _,
                    ManagementKey _,
                    RegistrationKey _,
                    Prefix _,
                    IdempotencyRecord _,
                    WebhookReplay _,
                    Adjustment _ ->
                    1;
        };
    }
}
