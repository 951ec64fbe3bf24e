package dev.turnpike.launcher.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks Docker's own client, where it and its compose plugin are there; no engine is needed. */
class ComposeConfigIT {
    private static final int SECONDS_MAX = 60;

    @TempDir private Path directory;

    @Test
    void dockersOwnClientAcceptsTheFile() throws Exception {
        boolean there = run("docker", "compose", "version").exitCode() == 0;
        if (!there) {
            System.out.println("docker compose config not run: no docker client with compose");
        }
        Assumptions.assumeTrue(there, "no docker client with compose");
        Files.createDirectories(directory.resolve("secrets"));
        for (var secret : List.of("master.key", "owner.key")) {
            Files.writeString(directory.resolve("secrets").resolve(secret), "x");
        }
        var copy = directory.resolve("docker-compose.yml");
        Files.copy(ComposeFile.path(), copy, StandardCopyOption.REPLACE_EXISTING);

        var result = run("docker", "compose", "-f", copy.toString(), "config", "-q");

        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private record Result(int exitCode, String output) {}

    private static Result run(String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
            process.destroyForcibly();
            return new Result(ended ? process.exitValue() : -1, output);
        } catch (IOException absent) {
            return new Result(-1, "not there");
        }
    }
}
