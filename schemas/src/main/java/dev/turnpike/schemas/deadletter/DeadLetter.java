package dev.turnpike.schemas.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Value of {@code turnpike.dead-letters}: a record that a reader could not read.
 *
 * @param reader the service that gave up
 * @param key the record's key, null when it had none
 * @param value the record's value, null when it had none
 * @param error what went wrong, without the record's content
 */
public record DeadLetter(
        String reader,
        String topic,
        int partition,
        long offset,
        byte @Nullable [] key,
        byte @Nullable [] value,
        String error,
        Instant at) {}
