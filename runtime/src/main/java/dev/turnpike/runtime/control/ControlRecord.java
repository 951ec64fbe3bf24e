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
        int slash = key.indexOf('/');
        for (var kind : ResourceKind.values()) {
            var label = kind.label();
            if (label.length() == slash && key.startsWith(label)) {
                var id = key.substring(slash + 1);
                return Optional.of(new ControlRecord(key, kind, id, value, offset));
            }
        }
        return Optional.empty();
    }
}
