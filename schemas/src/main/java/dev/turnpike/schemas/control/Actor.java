package dev.turnpike.schemas.control;

import org.jspecify.annotations.Nullable;

/**
 * Who caused a fact.
 *
 * @param type {@code management_key}, or {@code system} for what the service does on its own
 * @param id the key's prefix, or the name of the part of the system
 * @param role null for the system
 */
public record Actor(String type, String id, @Nullable String name, @Nullable Role role) {}
