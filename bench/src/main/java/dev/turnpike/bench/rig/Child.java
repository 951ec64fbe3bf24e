package dev.turnpike.bench.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of the bench, ended when closed and when this process ends. Its errors go to a file,
 * its standard output is read here. Used by one thread.
 */
public final class Child implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final int SHOWN_BYTES = 4_000;

    private final String name;
    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final Path errors;
    private final Thread killer;

    private Child(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.killer = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * Starts a program.
     *
     * @param directory where its errors are kept, in {@code name.err}
     * @param silent whether its standard output goes to {@code name.out} instead of being read
     */
    static Child start(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path directory,
            boolean silent) {
        var errors = directory.resolve(name + ".err");
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        if (silent) {
            builder.redirectOutput(directory.resolve(name + ".out").toFile());
        }
        builder.environment().putAll(environment);
        try {
            return new Child(name, builder.start(), errors);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    /** The command of a Java main on this process's class path. */
    static List<String> java(Class<?> main, List<String> options, List<String> arguments) {
        return java(main.getName(), options, arguments);
    }

    /** As above, for a class of another module's choice. */
    static List<String> java(String main, List<String> options, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        return command;
    }

    public long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Process ids of this process and all below it. */
    List<Long> pids() {
        var pids = new ArrayList<Long>();
        pids.add(pid());
        process.descendants().map(ProcessHandle::pid).forEach(pids::add);
        return pids;
    }

    /**
     * The next line of standard output that begins with {@code start}, without that start.
     *
     * @throws BenchException if the process ends before
     */
    public String awaitLine(String start) {
        try {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(start)) {
                    return line.substring(start.length());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new BenchException(name + " ended early: " + lastErrors());
    }

    /** Writes a line to its standard input. */
    public void say(String line) {
        try {
            input.write(line);
            input.write('\n');
            input.flush();
        } catch (IOException e) {
            throw new BenchException(name + " does not listen: " + lastErrors(), e);
        }
    }

    /** The end of what it wrote as errors. */
    String lastErrors() {
        try {
            var text = Files.readString(errors, StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - SHOWN_BYTES));
        } catch (IOException e) {
            return "(" + errors + " cannot be read)";
        }
    }

    /** Asks it to end, and kills it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException endingAlready) {
            // The hook finds nothing to do.
        }
    }
}
