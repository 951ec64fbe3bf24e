package dev.turnpike.schemas.control;

/**
 * Value of {@code turnpike.control.state}: the current record of one resource.
 *
 * @param sequence of the fact that made it so
 */
public record ControlState(long sequence, Resource resource) {}
