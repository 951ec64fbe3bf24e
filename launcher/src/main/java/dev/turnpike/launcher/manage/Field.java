package dev.turnpike.launcher.manage;

import java.util.List;

/**
 * One value that an operation takes: a parameter of its query, or a field of its body.
 *
 * @param path where it belongs: one name for a parameter, the names of nested objects for a field
 * @param choices the only values there are; empty when it is free
 * @param secret write-only: it does not belong on a command line
 * @param nullable null clears it
 */
public record Field(
        List<String> path,
        Kind kind,
        String description,
        List<String> choices,
        boolean secret,
        boolean nullable) {
    /** What is written for a value. */
    public enum Kind {
        TEXT,
        /** A whole number or a decimal one. */
        NUMBER,
        FLAG,
        /** Several texts. */
        TEXTS,
        /** Anything else, written as YAML or JSON. */
        STRUCTURE
    }

    public Field {
        path = List.copyOf(path);
        choices = List.copyOf(choices);
    }

    /** The last name of the path. */
    public String leaf() {
        return path.getLast();
    }
}
