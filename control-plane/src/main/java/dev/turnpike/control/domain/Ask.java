package dev.turnpike.control.domain;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * A command with the circumstances it is decided under.
 *
 * @param at when the writer decides, by the writer's clock; later than every time in the image
 * @param expectedVersion the version the asker has seen ({@code If-Match}); empty accepts any
 */
public record Ask(Command command, Instant at, OptionalLong expectedVersion) {}
