package dev.turnpike.launcher.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a command gets from its surroundings: the environment, what is piped in and where to write.
 *
 * @param out for what was asked for
 * @param err for everything else
 */
public record Console(
        Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
    /** Variables of the start script and of the client commands, which are no settings. */
    private static final Set<String> NO_SETTINGS =
            Set.of(
                    "TURNPIKE_JAVA_HOME",
                    "TURNPIKE_JDK_DIRS",
                    "TURNPIKE_HEAP",
                    "TURNPIKE_JAVA_OPTS",
                    Connection.URL,
                    Connection.KEY);

    public Console {
        environment = Map.copyOf(environment);
    }

    /** With nothing piped in. */
    public Console(Map<String, String> environment, PrintStream out, PrintStream err) {
        this(environment, InputStream.nullInputStream(), out, err);
    }

    /** That of this process; texts are UTF-8 whatever the locale. */
    public static Console ofProcess() {
        return new Console(
                System.getenv(),
                System.in,
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8));
    }

    /** The variables that may be settings of something that is started. */
    Map<String, String> settings() {
        var settings = new HashMap<>(environment);
        settings.keySet().removeAll(NO_SETTINGS);
        return Map.copyOf(settings);
    }
}
