package dev.turnpike.runtime.lifecycle;

import java.util.function.Supplier;

/**
 * One named condition of readiness.
 *
 * @param name lower case with dashes
 * @param probe asked on every health request; cheap, never blocking
 */
public record Check(String name, Supplier<Outcome> probe) {
    /**
     * What a probe found.
     *
     * @param ok whether the condition holds
     * @param detail one short sentence without secrets; may be empty
     */
    public record Outcome(boolean ok, String detail) {
        public static Outcome passed() {
            return new Outcome(true, "");
        }

        public static Outcome failed(String detail) {
            return new Outcome(false, detail);
        }
    }
}
