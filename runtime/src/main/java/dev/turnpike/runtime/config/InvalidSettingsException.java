package dev.turnpike.runtime.config;

import java.util.List;

/** Settings that cannot be used. Carries every mistake, so that one start shows them all. */
public final class InvalidSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // Only ever an immutable list of strings.
    private final List<String> mistakes;

    /**
     * @param mistakes one line each, {@code key: what is wrong}; at least one
     */
    public InvalidSettingsException(List<String> mistakes) {
        super("invalid settings:\n  " + String.join("\n  ", mistakes), null, false, false);
        this.mistakes = List.copyOf(mistakes);
    }

    /** Every mistake, one line each. */
    public List<String> mistakes() {
        return mistakes;
    }
}
