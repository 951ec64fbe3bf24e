package dev.turnpike.launcher.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnpikeScriptIT {
    private static final String MAIN = "dev.turnpike.launcher.Turnpike";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path place;

    private Checkout checkout;

    @BeforeEach
    void checkOutIntoAPathWithASpace() throws Exception {
        checkout = Checkout.in(place.resolve("a checkout"), place);
    }

    @Test
    void argumentsReachTheCommandAsTheyAreAndOutputIsTheCommandsAlone() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");

        var ended = checkout.run(Map.of(), "up", "two words", "*", "");

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).startsWith("jdk 25.0.3").endsWith(MAIN, "up", "two words", "*", "");
        assertThat(ended.err()).contains("first time");
    }

    @Test
    void theOptionsOfTheJvmAreInAFileThatItUnderstands() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        var options = "@" + checkout.script().resolveSibling("jvm.options");
        assertThat(checkout.run(Map.of(), "up").out()).contains(options);

        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var file = Path.of("..", "jvm.options").toAbsolutePath().normalize();
        var asked = new ProcessBuilder(java, "@" + file, "-version").start();
        assertThat(Checkout.end(asked).code()).isZero();
    }

    @Test
    void theFirstJdkThatIsNewEnoughIsTaken() throws Exception {
        checkout.jdk("jdks/a", "17.0.15");
        checkout.jdk("jdks/b", "26");
        var old = checkout.jdk("old", "1.8.0_402").toString();
        var named = checkout.jdk("named", "25").toString();

        assertThat(checkout.run(Map.of("JAVA_HOME", old)).out()).startsWith("jdk 26");
        assertThat(checkout.run(Map.of("JAVA_HOME", named)).out()).startsWith("jdk 25");
        assertThat(checkout.run(Map.of("JAVA_HOME", old, "JAVA25_HOME", named)).out())
                .startsWith("jdk 25");
        assertThat(checkout.run(Map.of("JAVA_HOME", named, "TURNPIKE_JAVA_HOME", old)).code())
                .isEqualTo(69);
    }

    @Test
    void withoutAJdkItSaysWhatToInstall() throws Exception {
        checkout.jdk("jdks/a", "17.0.15");
        Files.delete(checkout.jdk("jdks/b", "25").resolve("bin/javac"));

        var ended = checkout.run(Map.of("PATH", withoutJava()), "up");

        assertThat(ended.code()).isEqualTo(69);
        assertThat(ended.err()).contains("no JDK 25 or newer", "apt-get install", "brew install");
        assertThat(checkout.builds()).isEmpty();
    }

    @Test
    void itBuildsOnlyWhenTheSourcesAreNewer() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");

        checkout.run(Map.of());
        checkout.run(Map.of());
        assertThat(checkout.builds()).hasSize(1);

        checkout.addSource();
        assertThat(checkout.run(Map.of()).err()).contains("sources have changed");
        assertThat(checkout.builds()).hasSize(2);
    }

    @Test
    void twoStartsAtOnceBuildOnce() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");

        var first = checkout.start(checkout.script(), Map.of(), "one");
        var second = checkout.start(checkout.script(), Map.of(), "two");

        assertThat(Checkout.end(first).out()).endsWith(MAIN, "one");
        assertThat(Checkout.end(second).out()).endsWith(MAIN, "two");
        assertThat(checkout.builds()).hasSize(1);
    }

    @Test
    void aLockWhoseOwnerDiedIsTakenOver() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        var target = Files.createDirectories(checkout.script().resolveSibling("target"));
        Files.createSymbolicLink(target.resolve("build.lock"), Path.of("" + dead.pid()));

        assertThat(checkout.run(Map.of(), "up").code()).isZero();
        assertThat(target.resolve("build.lock")).doesNotExist();
    }

    @Test
    void aFailedBuildStartsNothing() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        checkout.breakTheBuild();

        var ended = checkout.run(Map.of(), "up");

        assertThat(ended.code()).isEqualTo(70);
        assertThat(ended.out()).isEmpty();
        assertThat(checkout.run(Map.of(), "up").code()).isEqualTo(70);
    }

    @Test
    void itWorksThroughSymbolicLinks() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        var inner = Files.createSymbolicLink(place.resolve("inner"), checkout.script());
        var outer = Files.createSymbolicLink(place.resolve("the outer"), inner.getFileName());

        assertThat(Checkout.end(checkout.start(outer, Map.of(), "up")).out()).endsWith(MAIN, "up");
    }

    @Test
    void testHandsItsArgumentsToMaven() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");

        assertThat(checkout.run(Map.of(), "test", "-Dtest=ATest").code()).isZero();
        assertThat(checkout.builds()).containsExactly("-B -ntp verify -Dtest=ATest");
    }

    @Test
    void aPreparedStartBeginsWithTheCacheOfItsBuildAndItsJdk() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        assertThat(cacheOf(checkout.run(Map.of(), "up"))).isEmpty();

        assertThat(checkout.run(Map.of(), "prepare").code()).isZero();
        var cache = cacheOf(checkout.run(Map.of(), "up")).orElseThrow();
        assertThat(checkout.besideTheJars()).containsExactly(cache);

        var other = checkout.jdk("other", "26").toString();
        assertThat(cacheOf(checkout.run(Map.of("TURNPIKE_JAVA_HOME", other), "up"))).isEmpty();
        var own = Map.of("TURNPIKE_JAVA_OPTS", "-XX:SharedArchiveFile=mine");
        assertThat(cacheOf(checkout.run(own, "up"))).isEmpty();

        checkout.addSource();
        assertThat(cacheOf(checkout.run(Map.of(), "up"))).isEmpty();
    }

    @Test
    void aCacheThatCannotBeMadeIsMissedByNobody() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        checkout.refuseCaches(true);

        var ended = checkout.run(Map.of(), "prepare");

        assertThat(ended.code()).isEqualTo(70);
        assertThat(checkout.run(Map.of(), "up").code()).isZero();
        var log = checkout.besideTheJars();
        assertThat(log).singleElement().satisfies(file -> assertThat(file).hasExtension("log"));
        assertThat(ended.err()).contains(log.getFirst().toString());
    }

    @Test
    void whatAKilledPreparationLeftIsNeitherUsedNorInTheWay() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        checkout.run(Map.of(), "prepare");
        var cache = cacheOf(checkout.run(Map.of(), "up")).orElseThrow();
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.move(cache, cache.resolveSibling(cache.getFileName() + ".new"));
        Files.createSymbolicLink(
                cache.resolveSibling(cache.getFileName() + ".lock"), Path.of("" + dead.pid()));

        assertThat(cacheOf(checkout.run(Map.of(), "up"))).isEmpty();
        assertThat(checkout.run(Map.of(), "prepare").code()).isZero();
        assertThat(checkout.besideTheJars()).containsExactly(cache);
    }

    @Test
    void aServiceThatRunsForAWhileHasTheCacheMade() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        checkout.serve(true);
        var soon = Map.of("TURNPIKE_PREPARE", "0");
        var serving = checkout.start(checkout.script(), soon, "edge");

        Eventually.await(PATIENCE, "a cache and nothing else", () -> only(".aot"));
        checkout.serve(false);
        assertThat(cacheOf(Checkout.end(serving))).isEmpty();
        assertThat(cacheOf(checkout.run(soon, "edge"))).isPresent();
    }

    @Test
    void aCacheThatCouldNotBeMadeIsTriedAgainAfterAnHourOrWhenAskedFor() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        checkout.refuseCaches(true);
        checkout.serve(true);
        var soon = Map.of("TURNPIKE_PREPARE", "0");
        var first = checkout.start(checkout.script(), soon, "edge");
        Eventually.await(PATIENCE, "the reason and nothing else", () -> only(".log"));
        var second = checkout.start(checkout.script(), soon, "edge");
        assertThat(second.inputReader().readLine()).startsWith("jdk");

        var log = checkout.besideTheJars().getFirst();
        Files.setLastModifiedTime(log, FileTime.from(Instant.now().minus(Duration.ofMinutes(61))));
        var third = checkout.start(checkout.script(), soon, "edge");
        Eventually.await(PATIENCE, "tried again", () -> checkout.trainings() >= 2);
        Eventually.await(PATIENCE, "the reason again", () -> only(".log"));
        assertThat(checkout.trainings()).isEqualTo(2);

        checkout.refuseCaches(false);
        assertThat(checkout.run(Map.of(), "prepare").code()).isZero();
        assertThat(only(".aot")).isTrue();
        checkout.serve(false);
        for (var service : List.of(first, second, third)) {
            assertThat(Checkout.end(service).code()).isZero();
        }
    }

    @Test
    void whatWasInterruptedLeavesNothingThatSpeaksOfAFailure() throws Exception {
        checkout.jdk("jdks/25", "25.0.3");
        checkout.trainSlowly(true);
        var preparing = checkout.start(checkout.script(), Map.of(), "prepare");
        Eventually.await(PATIENCE, "training", () -> checkout.trainings() == 1);
        preparing.toHandle().destroy(); // The process's own would close what it says.
        assertThat(Checkout.end(preparing).code()).isEqualTo(143);
        assertThat(checkout.besideTheJars()).isEmpty();

        checkout.serve(true);
        var serving = checkout.start(checkout.script(), Map.of("TURNPIKE_PREPARE", "0"), "edge");
        Eventually.await(PATIENCE, "training again", () -> checkout.trainings() == 2);
        checkout.serve(false);
        assertThat(Checkout.end(serving).code()).isZero();
        Eventually.await(PATIENCE, "all put away", this::only);
    }

    /** Whether files of these kinds are all that is beside the jars. */
    private boolean only(String... kinds) {
        try {
            var files = checkout.besideTheJars().stream().map(Path::toString).toList();
            return files.stream()
                    .map(file -> file.substring(file.lastIndexOf('.')))
                    .toList()
                    .equals(List.of(kinds));
        } catch (IOException | UncheckedIOException e) {
            return false; // Nothing is built yet, or a file went while we looked.
        }
    }

    private static Optional<Path> cacheOf(Checkout.Ended ended) {
        return ended.out().stream()
                .filter(line -> line.startsWith("-XX:AOTCache="))
                .map(line -> Path.of(line.substring(line.indexOf('=') + 1)))
                .findFirst();
    }

    /** The tools that the script uses, and nothing else of what the machine has. */
    private String withoutJava() throws Exception {
        var tools = Files.createDirectories(place.resolve("tools"));
        for (var tool : new String[] {"sed", "head", "dirname", "readlink"}) {
            var real = Files.exists(Path.of("/usr/bin", tool)) ? "/usr/bin" : "/bin";
            Checkout.executable(
                    tools.resolve(tool), "#!/bin/sh\nexec " + real + "/" + tool + " \"$@\"\n");
        }
        return tools.toString();
    }
}
