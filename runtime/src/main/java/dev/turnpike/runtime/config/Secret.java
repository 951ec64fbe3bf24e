package dev.turnpike.runtime.config;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A text that must not be shown. It prints as {@code [secret]}, refuses to be written as JSON and
 * compares in constant time.
 */
public final class Secret {
    private final String value;

    /** Wraps {@code value}; nothing is checked. */
    public Secret(String value) {
        this.value = value;
    }

    /** Returns the plain text. Name the reason at the call site when it is not obvious. */
    public String reveal() {
        return value;
    }

    /** Whether there is no text at all. */
    public boolean isEmpty() {
        return value.isEmpty();
    }

    /**
     * Keeps a secret out of every JSON document.
     *
     * @throws IllegalStateException always
     */
    @JsonValue
    String refuseJson() {
        throw new IllegalStateException("a secret must not be written as JSON");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8),
                        secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
