package dev.turnpike.launcher.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a command gets from its surroundings: the environment and where to write.
 *
 * @param out for what was asked for
 * @param err for everything else
 */
public record Console(Map<String, String> environment, PrintStream out, PrintStream err) {
    /** Variables of the start script, which are no settings. */
    private static final Set<String> SCRIPT_VARIABLES =
            Set.of(
                    "TURNPIKE_JAVA_HOME",
                    "TURNPIKE_JDK_DIRS",
                    "TURNPIKE_HEAP",
                    "TURNPIKE_JAVA_OPTS");

    public Console {
        var settings = new HashMap<>(environment);
        settings.keySet().removeAll(SCRIPT_VARIABLES);
        environment = Map.copyOf(settings);
    }

    /** That of this process; texts are UTF-8 whatever the locale. */
    public static Console ofProcess() {
        return new Console(
                System.getenv(),
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8));
    }
}
