package dev.turnpike.runtime.control;

import dev.turnpike.schemas.control.ResourceKind;

/**
 * Hears of changes after they are visible in the view. Called by the thread that follows the log,
 * one call at a time; it must be quick and must not throw.
 */
@FunctionalInterface
public interface ControlListener {
    /**
     * @param id identity within the kind; the record may have been made, changed or deleted
     */
    void changed(ResourceKind kind, String id);
}
