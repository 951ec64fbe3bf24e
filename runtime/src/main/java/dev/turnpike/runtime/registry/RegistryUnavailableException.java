package dev.turnpike.runtime.registry;

import org.jspecify.annotations.Nullable;

/**
 * The schema registry gave no usable answer. Nothing is wrong with the record at hand: reading it
 * again later may work, so it must not become a dead letter.
 */
public final class RegistryUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
