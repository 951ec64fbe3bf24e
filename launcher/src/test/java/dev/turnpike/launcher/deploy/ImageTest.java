package dev.turnpike.launcher.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Dockerfile, beside the start script: both start the same JVM. */
class ImageTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String OPTIONS = "jvm.options";

    @Test
    void theOptionsOfTheJvmStandInOneFileThatScriptImageAndCacheRead() throws IOException {
        var dockerfile = Files.readString(ROOT.resolve("Dockerfile"));
        var script = Files.readString(ROOT.resolve("turnpike"));
        var prepare = Files.readString(ROOT.resolve("docker/prepare"));
        assertThat(entryPoint()).contains("@/opt/turnpike/" + OPTIONS);
        assertThat(instructions()).contains("COPY " + OPTIONS + " /opt/turnpike/" + OPTIONS);
        assertThat(script).contains("\"@$root/" + OPTIONS + "\"");
        assertThat(prepare).contains("\"@$home/" + OPTIONS + "\"");
        for (var line : Files.readAllLines(ROOT.resolve(OPTIONS))) {
            if (!line.startsWith("#")) {
                var name = line.split("=", 2)[0];
                assertThat(entryPoint()).as(line).noneMatch(given -> given.startsWith(name));
                assertThat(prepare).as(line).doesNotContain(name);
                // Maven's own JVM needs the first two as well.
                assertThat(javaWith(script)).as(line).doesNotContain(name);
            }
        }
        assertThat(dockerfile).contains("RUN /opt/turnpike/bin/prepare /opt/turnpike");
    }

    @Test
    void theImageStartsWithTheClassPathAndTheCacheThatWereMadeForIt() throws IOException {
        var prepare = Files.readString(ROOT.resolve("docker/prepare"));
        assertThat(entryPoint())
                .contains("@/opt/turnpike/classpath", "-XX:AOTCache=/opt/turnpike/start.aot")
                .endsWith("dev.turnpike.launcher.Turnpike");
        assertThat(prepare).contains("$home/classpath", "-XX:AOTCache=$home/start.aot");
    }

    @Test
    void everythingThatIsCopiedIsThereAndSentToDocker() throws IOException {
        var left = Files.readAllLines(ROOT.resolve(".dockerignore"));
        for (var instruction : instructions()) {
            if (instruction.startsWith("COPY ") && !instruction.contains("--from=")) {
                var words = Arrays.asList(instruction.split(" ", -1));
                for (var source : words.subList(1, words.size() - 1)) {
                    assertThat(ROOT.resolve(source)).exists();
                    assertThat(left).doesNotContain(source, source.split("/", 2)[0]);
                }
            }
        }
        assertThat(Files.isExecutable(ROOT.resolve("docker/prepare"))).isTrue();
    }

    private static String javaWith(String script) {
        int from = script.indexOf("java_with() {");
        return script.substring(from, script.indexOf("\n}\n", from));
    }

    private static List<String> entryPoint() throws IOException {
        var line =
                instructions().stream()
                        .filter(instruction -> instruction.startsWith("ENTRYPOINT "))
                        .findFirst()
                        .orElseThrow();
        return Arrays.asList(
                new JsonMapper().readValue(line.substring("ENTRYPOINT ".length()), String[].class));
    }

    /** One line each, without comments. */
    private static List<String> instructions() throws IOException {
        return Files.readString(ROOT.resolve("Dockerfile"))
                .replaceAll("\\s*\\\\\n\\s*", " ")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
