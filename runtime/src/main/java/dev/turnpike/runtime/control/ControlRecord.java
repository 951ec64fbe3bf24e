package dev.turnpike.runtime.control;

import dev.turnpike.schemas.control.ResourceKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One record of the control state as it was read.
 *
 * @param key state key, {@code kind/id}
 * @param id identity within the kind
 * @param value encoded; null removes the resource
 * @param offset in the topic
 */
record ControlRecord(
        String key, ResourceKind kind, String id, byte @Nullable [] value, long offset) {
    /** The record, or empty when its kind is of a newer version and means nothing here. */
    static Optional<ControlRecord> of(String key, byte @Nullable [] value, long offset) {
        return kindOf(key)
                .map(kind -> {
                    var id = key.substring(kind.label().length() + 1);
                    return new ControlRecord(key, kind, id, value, offset);
                });
    }

    /** The kind that a state key is of; empty when it is none that is known here. */
    static Optional<ResourceKind> kindOf(String key) {
        int slash = key.indexOf('/');
        for (var kind : ResourceKind.values()) {
            var label = kind.label();
            if (label.length() == slash && key.startsWith(label)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
