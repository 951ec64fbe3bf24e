package dev.turnpike.launcher.script;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A checkout with nothing but the script in it: its Maven writes an empty jar and one line into
 * {@code builds} per run, its JDKs print their arguments instead of running them. The environment
 * of a run holds only what the test gives, so no JDK of the machine is found.
 */
final class Checkout {
    private static final Path SCRIPT = Path.of("..", "turnpike").toAbsolutePath().normalize();
    private static final int PATIENCE_SECONDS = 60;
    private static final String MAVEN =
            """
            #!/bin/sh
            echo "$@" >> builds
            case " $* " in *" package "*) ;; *) exit 0 ;; esac
            [ ! -f broken ] || exit 1
            mkdir -p launcher/target
            : > launcher/target/turnpike-launcher-1.jar
            printf '%s' "$PWD/others.jar" > launcher/target/classpath
            : > others.jar
            """;
    private static final String JAVA =
            """
            #!/bin/sh
            printf 'jdk %%s\\n' '%1$s'
            printf '%%s\\n' "$@"
            root='%2$s'
            for argument in "$@"; do
                case $argument in
                    -XX:AOTMode=create) creating=yes ;;
                    -XX:AOTMode=record)
                        echo training >> "$root/trainings"
                        while [ -f "$root/slow-training" ]; do sleep 0.1; done ;;
                    -XX:AOTCache=*) written=${argument#*=} ;;
                    edge) while [ -f "$root/serving" ]; do sleep 0.1; done ;;
                esac
            done
            [ -z "$creating" ] || [ -f "$root/no-caches" ] || echo cache > "$written"
            [ -z "$creating" ] || [ ! -f "$root/no-caches" ]
            """;

    private final Path root;
    private final Path elsewhere;

    private Checkout(Path root, Path elsewhere) {
        this.root = root;
        this.elsewhere = elsewhere;
    }

    /** Checks out into {@code root}; every run starts in the directory {@code elsewhere}. */
    static Checkout in(Path root, Path elsewhere) throws IOException {
        Files.createDirectories(root.resolve("launcher/src/main"));
        Files.createDirectories(root.resolve(".mvn"));
        Files.writeString(root.resolve("pom.xml"), "");
        Files.writeString(root.resolve("launcher/pom.xml"), "");
        Files.copy(SCRIPT, root.resolve("turnpike"));
        executable(root.resolve("turnpike"));
        executable(root.resolve("mvnw"), MAVEN);
        return new Checkout(root, elsewhere);
    }

    /** A directory that looks like a JDK of the given version. */
    Path jdk(String place, String version) throws IOException {
        var home = root.resolve(place);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        for (var tool : List.of("java", "javac")) {
            executable(home.resolve("bin").resolve(tool), JAVA.formatted(version, root));
        }
        return home;
    }

    Path script() {
        return root.resolve("turnpike");
    }

    /** What Maven was called with, one line per run. */
    List<String> builds() throws IOException {
        var file = root.resolve("builds");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    void breakTheBuild() throws IOException {
        Files.writeString(root.resolve("broken"), "");
    }

    /** Adds a source whose time lies after that of every build so far. */
    void addSource() throws IOException {
        var source = Files.writeString(root.resolve("launcher/src/main/New.java"), "");
        var build = Files.getLastModifiedTime(root.resolve("target/launcher.classpath"));
        Files.setLastModifiedTime(source, FileTime.fromMillis(build.toMillis() + 1_000));
    }

    /** Lets the command {@code edge} run until it is told to end. */
    void serve(boolean on) throws IOException {
        flag("serving", on);
    }

    /** Lets a JVM that should learn for a cache run until it is told to end. */
    void trainSlowly(boolean on) throws IOException {
        flag("slow-training", on);
    }

    /** How often it was begun to make a cache. */
    int trainings() {
        try {
            var file = root.resolve("trainings");
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets a JVM that should write a cache fail, or not. */
    void refuseCaches(boolean on) throws IOException {
        flag("no-caches", on);
    }

    private void flag(String name, boolean on) throws IOException {
        if (on) {
            Files.writeString(root.resolve(name), "");
        } else {
            Files.deleteIfExists(root.resolve(name));
        }
    }

    /** Files of the current build beside its jars. */
    List<Path> besideTheJars() throws IOException {
        try (var files = Files.walk(root.resolve("target/launcher-jars"))) {
            return files.filter(file -> !Files.isDirectory(file))
                    .filter(file -> !file.toString().endsWith(".jar"))
                    .toList();
        }
    }

    Process start(Path script, Map<String, String> environment, String... arguments)
            throws IOException {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(elsewhere.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("TURNPIKE_JDK_DIRS", root.resolve("jdks").toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    Ended run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return end(start(script(), environment, arguments));
    }

    static Ended end(Process process) throws IOException, InterruptedException {
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running: " + out + err);
            }
            return new Ended(process.exitValue(), out.lines().toList(), err);
        } finally {
            process.destroyForcibly();
        }
    }

    static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        executable(file);
    }

    private static void executable(Path file) {
        if (!file.toFile().setExecutable(true)) {
            throw new IllegalStateException(file + " cannot be made executable");
        }
    }

    /**
     * A run that is over.
     *
     * @param out lines of standard output: what the started JVM printed, and nothing of the script
     */
    record Ended(int code, List<String> out, String err) {}
}
