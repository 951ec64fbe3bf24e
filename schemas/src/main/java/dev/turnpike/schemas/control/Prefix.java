package dev.turnpike.schemas.control;

import java.time.Instant;

/**
 * A part before the slash that slugs may have. While there is none, every prefix may be used.
 *
 * @param value shaped as that part of a slug; also its identity
 */
public record Prefix(String value, Instant createdAt) implements Resource {
    @Override
    public ResourceKind kind() {
        return ResourceKind.PREFIX;
    }

    @Override
    public String resourceId() {
        return value;
    }
}
