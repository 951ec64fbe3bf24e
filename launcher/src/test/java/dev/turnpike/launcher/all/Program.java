package dev.turnpike.launcher.all;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.Turnpike;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The main class as a child process on a data directory. */
final class Program implements AutoCloseable {
    /** How long a start may take on a busy machine. */
    static final Duration START_PATIENCE = Duration.ofMinutes(2);

    /** How long a stop may take: the default of process.stop-timeout. */
    static final Duration STOP_PATIENCE = Duration.ofSeconds(45);

    private final ChildProcess child;
    private final Path data;

    private Program(ChildProcess child, Path data) {
        this.child = child;
        this.data = data;
    }

    /** Any command. */
    static ChildProcess run(Path outputs, Map<String, String> environment, List<String> args) {
        return ChildProcess.start(Turnpike.class, List.of("-Xmx400m"), args, environment, outputs);
    }

    /** {@code up} on {@code outputs/data} and any ports; returns when it has said that it is up. */
    static Program up(Path outputs, Map<String, String> environment, String... more) {
        var data = outputs.resolve("data");
        var args = new ArrayList<>(List.of("up", "--data-dir", data.toString()));
        args.addAll(List.of("--gateway-port", "0", "--control-port", "0", "--kafka-port", "0"));
        args.addAll(List.of(more));
        var program = new Program(run(outputs, environment, args), data);
        try {
            Eventually.await(
                    START_PATIENCE,
                    "run.json",
                    () -> program.isReady() || !program.child.isAlive());
            if (!program.isReady()) {
                throw new AssertionError("ended before it was ready");
            }
            program.child.awaitLine("Ctrl-C stops it", START_PATIENCE);
            return program;
        } catch (AssertionError e) {
            var failure = new AssertionError(e.getMessage() + "\n" + program.child.stderr(), e);
            program.close();
            throw failure;
        }
    }

    private boolean isReady() {
        try {
            var run = Json.parse(Files.readAllBytes(runFile()));
            return run.path("pid").asLong() == child.pid();
        } catch (NoSuchFileException notYet) { // Or no more: that of an earlier run goes first.
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path runFile() {
        return data.resolve("run.json");
    }

    JsonNode runJson() {
        try {
            return Json.parse(Files.readAllBytes(runFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChildProcess child() {
        return child;
    }

    Operator operator(String ownerKey) {
        var run = runJson();
        return new Operator(
                run.path("control_url").asText(), run.path("gateway_url").asText(), ownerKey);
    }

    /** Stops it as {@code kill} does and returns its exit code. */
    int stop() {
        child.terminate();
        return child.awaitExit(STOP_PATIENCE);
    }

    @Override
    public void close() {
        child.close();
    }
}
