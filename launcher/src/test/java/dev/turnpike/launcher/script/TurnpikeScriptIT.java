package dev.turnpike.launcher.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnpikeScriptIT {
    private static final String MAIN = "dev.turnpike.launcher.Turnpike";

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
