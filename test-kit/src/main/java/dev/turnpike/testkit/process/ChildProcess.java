package dev.turnpike.testkit.process;

import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A JVM of its own on this JVM's class path, with its output in files. Killed when closed, and when
 * this JVM ends in an orderly way. Thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);
    private static final List<String> JVM_OPTIONS =
            List.of(
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private final Process process;
    private final Path stdout;
    private final Path stderr;
    private final Thread killer;

    private ChildProcess(Process process, Path stdout, Path stderr) {
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
        this.killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * Starts {@code main} and returns at once.
     *
     * @param outputs an existing directory; standard output and error go to files there, named
     *     after the class, those of an earlier child of the same name are overwritten
     * @param environment added to this process's own
     */
    public static ChildProcess start(
            Class<?> main, List<String> args, Map<String, String> environment, Path outputs) {
        return start(main, List.of(), args, environment, outputs);
    }

    /**
     * @param jvmOptions added to a small heap and quick start, which they override
     */
    public static ChildProcess start(
            Class<?> main,
            List<String> jvmOptions,
            List<String> args,
            Map<String, String> environment,
            Path outputs) {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(JVM_OPTIONS);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(args);
        var stdout = outputs.resolve(main.getSimpleName() + ".out");
        var stderr = outputs.resolve(main.getSimpleName() + ".err");
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(stdout.toFile())
                        .redirectError(stderr.toFile());
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(builder.start(), stdout, stderr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String stdout() {
        return read(stdout);
    }

    public String stderr() {
        return read(stderr);
    }

    /**
     * Waits for a line of standard output that contains a match of {@code regex}, and returns it.
     *
     * @throws AssertionError with the end of standard error, if time runs out or the child ends
     *     first
     */
    public String awaitLine(String regex, Duration patience) {
        var pattern = Pattern.compile(regex);
        try {
            Eventually.await(patience, regex, () -> find(pattern).isPresent() || !isAlive());
        } catch (AssertionError late) {
            throw new AssertionError(failure(regex), late);
        }
        return find(pattern).orElseThrow(() -> new AssertionError(failure(regex)));
    }

    private String failure(String regex) {
        return "no line matches %s; alive: %s; standard error: %s"
                .formatted(regex, isAlive(), stderr());
    }

    /** Kills it as {@code kill -9} does and returns once it is gone. */
    public void killNow() {
        process.destroyForcibly();
        awaitExit(KILL_PATIENCE);
    }

    /** Asks it to end as {@code kill} does and returns at once. */
    public void terminate() {
        process.destroy();
    }

    /**
     * Waits for its end and returns the exit code; 128 + n after signal n.
     *
     * @throws AssertionError if it still runs after {@code patience}
     */
    public int awaitExit(Duration patience) {
        try {
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("child %d still runs after %s".formatted(pid(), patience));
    }

    @Override
    public void close() {
        killNow();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException shuttingDown) {
            // The hook is about to run and finds nothing to do.
        }
    }

    private Optional<String> find(Pattern pattern) {
        return stdout().lines().filter(line -> pattern.matcher(line).find()).findFirst();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
