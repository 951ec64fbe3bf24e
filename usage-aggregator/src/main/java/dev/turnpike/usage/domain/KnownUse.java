package dev.turnpike.usage.domain;

import dev.turnpike.schemas.usage.KeyUse;
import java.time.Instant;

/**
 * What is remembered of one key.
 *
 * @param newest its newest use
 * @param quietUntil before then nothing more is published about it
 * @param waiting whether {@code newest} is yet to be published
 */
public record KnownUse(KeyUse newest, Instant quietUntil, boolean waiting) {}
