package dev.turnpike.launcher.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.Command;

/** {@code turnpike version}. */
@Command(name = "version", description = "Print the versions of Turnpike, Kafka and Java.")
final class VersionCommand implements Callable<Integer> {
    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.out().println(TurnpikeCommand.NAME + " " + version());
        console.out().println("kafka " + AppInfoParser.getVersion());
        console.out().println("java " + Runtime.version());
        return ExitCode.OK;
    }

    /** The version this was built as. */
    static String version() {
        var properties = new Properties();
        try (var in = VersionCommand.class.getResourceAsStream("/version.properties")) {
            properties.load(Objects.requireNonNull(in, "version.properties"));
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
