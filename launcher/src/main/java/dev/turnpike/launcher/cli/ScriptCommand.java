package dev.turnpike.launcher.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Commands that the start script runs by itself, because they need the sources. They are here so
 * that the help shows them.
 */
final class ScriptCommand {
    private ScriptCommand() {}

    /** Runs the tests. */
    @Command(
            name = "test",
            description = "Build and run all tests (only through the script ./turnpike).")
    static final class Test implements Callable<Integer> {
        private final Console console;

        Test(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            return refuse(console, "test");
        }
    }

    /** Runs the load programs. */
    @Command(
            name = "bench",
            description = "Run the load programs (only through the script ./turnpike).")
    static final class Bench implements Callable<Integer> {
        private final Console console;

        Bench(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            return refuse(console, "bench");
        }
    }

    /** Makes what starts begin with. */
    @Command(
            name = "prepare",
            description =
                    "Build, and make the cache that starts are faster with (only through the script"
                            + " ./turnpike).")
    static final class Prepare implements Callable<Integer> {
        private final Console console;

        Prepare(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            return refuse(console, "prepare");
        }
    }

    private static int refuse(Console console, String command) {
        console.err()
                .println("turnpike: run `./turnpike " + command + "` in a clone of the sources");
        return ExitCode.USAGE;
    }
}
