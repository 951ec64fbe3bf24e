package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.runtime.config.SettingsManual;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code turnpike config}: about settings; starts nothing. */
@Command(name = "config", description = "Check settings, or print what settings there are.")
final class ConfigCommand implements Callable<Integer> {
    private static final String HEADING =
            """
            # Settings

            Written by `./turnpike config docs`. Every setting may stand in the YAML file (`--config`, nested or dotted
            keys; its schema is [config.schema.json](config.schema.json)), in its environment variable, or in a flag
            (`--set key=value`); flags win over variables, variables over the file. A secret may also be in a file that
            `key-file` or the variable with `_FILE` names.

            """;

    private final Console console;

    private ConfigCommand(Console console) {
        this.console = console;
    }

    static CommandLine commandLine(Console console) {
        return new CommandLine(new ConfigCommand(console))
                .addSubcommand("schema", new Schema(console))
                .addSubcommand("docs", new Docs(console))
                .addSubcommand("check", new Check(console));
    }

    @Override
    public Integer call() {
        CommandLine.usage(commandLine(console), console.err());
        return ExitCode.USAGE;
    }

    /** Prints the JSON Schema of the file. */
    @Command(name = "schema", description = "Print the JSON Schema of the settings file.")
    static final class Schema implements Callable<Integer> {
        private final Console console;

        Schema(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            console.out().print(SettingsManual.jsonSchema(Configuration.catalog()));
            return ExitCode.OK;
        }
    }

    /** Prints the table of settings. */
    @Command(name = "docs", description = "Print all settings as a Markdown table.")
    static final class Docs implements Callable<Integer> {
        private final Console console;

        Docs(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            console.out().print(HEADING);
            console.out().print(SettingsManual.markdownTable(Configuration.catalog()));
            return ExitCode.OK;
        }
    }

    /** Reads the settings as a start would. */
    @Command(name = "check", description = "Read the settings and list every mistake.")
    static final class Check implements Callable<Integer> {
        private final Console console;

        @Mixin private SettingsOptions settings = new SettingsOptions();

        @Option(
                names = "--distributed",
                description = "Ask for what a service that runs alone needs.")
        private boolean distributed;

        Check(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            var source = settings.source(Map.of(), console.settings());
            var configuration =
                    distributed
                            ? Configuration.readDistributed(source)
                            : Configuration.read(source);
            configuration.warnings().forEach(console.err()::println);
            console.out().println("The settings are good.");
            return ExitCode.OK;
        }
    }
}
