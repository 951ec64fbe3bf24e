package dev.turnpike.control.domain;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * A command with the circumstances it is decided under.
 *
 * @param at when the writer decides, by the writer's clock; later than every time in the image
 * @param expectedVersion the version the asker has seen ({@code If-Match}); empty accepts any
 * @param by how far the asker's power reaches
 */
public record Ask(Command command, Instant at, OptionalLong expectedVersion, Authority by) {
    /** A command of somebody whose power has no bounds. */
    public Ask(Command command, Instant at, OptionalLong expectedVersion) {
        this(command, at, expectedVersion, Authority.SYSTEM);
    }
}
