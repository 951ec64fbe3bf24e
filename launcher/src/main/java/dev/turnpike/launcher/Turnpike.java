package dev.turnpike.launcher;

import dev.turnpike.launcher.cli.Console;
import dev.turnpike.launcher.cli.TurnpikeCommand;

/** The main class: runs one command and exits with its code. */
public final class Turnpike {
    private Turnpike() {}

    /** See {@code turnpike help}. */
    public static void main(String[] args) {
        // Helidon logs through java.util.logging; its manager is chosen by whoever comes first.
        if (System.getProperty("java.util.logging.manager") == null) {
            System.setProperty(
                    "java.util.logging.manager", "org.apache.logging.log4j.jul.LogManager");
        }
        System.exit(TurnpikeCommand.run(Console.ofProcess(), args));
    }
}
