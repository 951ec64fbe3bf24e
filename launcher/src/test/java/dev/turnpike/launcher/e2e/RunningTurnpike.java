package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.Turnpike;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code turnpike up} in a process of its own, on free ports, killed when closed. */
final class RunningTurnpike implements AutoCloseable {
    static final String OWNER_KEY = "an-owner-key-for-tests-0123456789abcdef";

    private static final Duration START_PATIENCE = Duration.ofSeconds(90);

    private final ChildProcess process;
    private final Path runFile;
    private final JsonNode run;

    private RunningTurnpike(ChildProcess process, Path runFile, JsonNode run) {
        this.process = process;
        this.runFile = runFile;
        this.run = run;
    }

    /**
     * Starts it and waits for its {@code run.json}.
     *
     * @param directory existing; receives data and output
     * @param args further arguments of {@code up}
     */
    static RunningTurnpike start(Path directory, List<String> args) throws IOException {
        var data = directory.resolve("data");
        var command =
                new ArrayList<>(
                        List.of(
                                "up",
                                "--data-dir=" + data,
                                "--gateway-port=0",
                                "--control-port=0",
                                "--kafka-port=0",
                                "--allow-private-network"));
        command.addAll(args);
        var process =
                ChildProcess.start(
                        Turnpike.class,
                        List.of("-Xmx384m"),
                        command,
                        Map.of("TURNPIKE_OWNER_KEY", OWNER_KEY),
                        directory);
        var runFile = data.resolve("run.json");
        boolean up = false;
        try {
            Eventually.await(
                    START_PATIENCE,
                    "run.json of " + directory,
                    () -> Files.exists(runFile) || !process.isAlive());
            if (!Files.exists(runFile)) {
                throw new AssertionError("it ended: " + process.stderr());
            }
            up = true;
            return new RunningTurnpike(process, runFile, Json.parse(Files.readAllBytes(runFile)));
        } finally {
            if (!up) {
                process.close();
            }
        }
    }

    Path runFile() {
        return runFile;
    }

    String gatewayUrl() {
        return run.path("gateway_url").asText();
    }

    String bootstrapServers() {
        return run.path("kafka_bootstrap").asText();
    }

    String controlUrl() {
        return run.path("control_url").asText();
    }

    @Override
    public void close() {
        process.close();
    }
}
