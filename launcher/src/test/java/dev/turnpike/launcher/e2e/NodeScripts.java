package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The programs of {@code e2e/}, copied beside the packages they need into the module's build
 * directory. Packages are installed once, and again when the lock file changes.
 */
final class NodeScripts {
    private static final int NODE_MIN = 20;
    private static final Duration INSTALL_PATIENCE = Duration.ofMinutes(5);
    private static final Duration VERSION_PATIENCE = Duration.ofSeconds(30);
    private static final Path SOURCES = Path.of("..", "e2e").toAbsolutePath().normalize();
    private static final Path INSTALLED = Path.of("target", "e2e").toAbsolutePath();
    private static final String LOCK = "package-lock.json";
    private static final String INSTALLED_LOCK = "installed.lock";
    private static final Pattern MAJOR = Pattern.compile("v(\\d+)\\..*");
    private static final Optional<String> MISSING = look();

    private NodeScripts() {}

    /**
     * How a program ended.
     *
     * @param lines its standard output, each line parsed as JSON
     * @param errors its standard error
     */
    record Result(int exitCode, List<JsonNode> lines, String errors) {
        JsonNode last() {
            return lines.getLast();
        }
    }

    /** Why programs cannot be run here, or empty when they can. */
    static Optional<String> missing() {
        return MISSING;
    }

    /** Once, because every class of tests and every list of runs asks. */
    private static Optional<String> look() {
        var major = MAJOR.matcher(output("node", "--version"));
        if (!major.matches()) {
            return Optional.of("node is not there");
        }
        if (Integer.parseInt(major.group(1)) < NODE_MIN) {
            return Optional.of("node is older than " + NODE_MIN);
        }
        return output("npm", "--version").isEmpty()
                ? Optional.of("npm is not there")
                : Optional.empty();
    }

    /**
     * Copies programs and installs packages.
     *
     * @throws IOException if the packages cannot be had
     */
    static void install() throws IOException {
        Files.createDirectories(INSTALLED);
        try (var sources = Files.list(SOURCES)) {
            for (var file : sources.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        file,
                        INSTALLED.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        var marker = INSTALLED.resolve(INSTALLED_LOCK);
        if (Files.exists(marker) && Files.mismatch(marker, INSTALLED.resolve(LOCK)) == -1) {
            return;
        }
        var npm =
                List.of(
                        "npm",
                        "ci",
                        "--prefer-offline",
                        "--fetch-retries=5",
                        "--no-audit",
                        "--no-fund",
                        "--silent");
        var result = run(npm, INSTALL_PATIENCE, "npm");
        if (result.exitCode() != 0) {
            throw new IOException("npm ci ended with %s".formatted(result));
        }
        Files.copy(INSTALLED.resolve(LOCK), marker, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Runs a program to its end.
     *
     * @throws IOException if it does not end within {@code patience}; it is killed then
     */
    static Result run(String script, Duration patience, String... args) throws IOException {
        var command = new ArrayList<>(List.of("node", script));
        command.addAll(Arrays.asList(args));
        return run(command, patience, script);
    }

    private static Result run(List<String> command, Duration patience, String name)
            throws IOException {
        var out = INSTALLED.resolve(name + ".out");
        var err = INSTALLED.resolve(name + ".err");
        var process =
                new ProcessBuilder(command)
                        .directory(INSTALLED.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        if (!ended(process, patience)) {
            throw new IOException(
                    "%s still ran after %s: %s".formatted(command, patience, text(err)));
        }
        var lines =
                text(out)
                        .lines()
                        .filter(line -> line.startsWith("{"))
                        .map(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8)))
                        .toList();
        return new Result(process.exitValue(), lines, text(err));
    }

    /** What a command that prints little prints, or nothing when it cannot be run. */
    private static String output(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return ended(process, VERSION_PATIENCE) && process.exitValue() == 0 ? text.strip() : "";
        } catch (IOException absent) {
            return "";
        }
    }

    private static boolean ended(Process process, Duration patience) throws IOException {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file);
    }
}
