package dev.turnpike.bench.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The start script, for what is to be measured as its users start it. */
final class Script {
    /** Where the script says where it is. */
    private static final String PROPERTY = "turnpike.script";

    private final Path file;
    private final boolean cached;

    private Script(Path file) {
        this.file = file;
        this.cached = prepare(file);
    }

    /**
     * The script that this process was started by, with its start cache made where it can be; empty
     * when a class path is all there is.
     */
    static Optional<Script> prepared() {
        return Optional.ofNullable(System.getProperty(PROPERTY))
                .map(file -> new Script(Path.of(file)));
    }

    private static boolean prepare(Path file) {
        try {
            var made = new ProcessBuilder(file.toString(), "prepare").inheritIO().start();
            return made.waitFor() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /** Whether its start cache is there. */
    boolean cached() {
        return cached;
    }

    List<String> command(List<String> arguments) {
        var command = new ArrayList<>(List.of(file.toString()));
        command.addAll(arguments);
        return command;
    }

    /** The environment that has the script start a JVM with more options, and nothing else. */
    static Map<String, String> with(List<String> options) {
        return Map.of(
                "TURNPIKE_JAVA_OPTS",
                String.join(" ", options),
                "TURNPIKE_HEAP",
                "1g",
                "TURNPIKE_PREPARE",
                "no");
    }
}
