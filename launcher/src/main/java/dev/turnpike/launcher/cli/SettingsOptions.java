package dev.turnpike.launcher.cli;

import dev.turnpike.runtime.config.SettingsSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which every command that starts something takes settings. */
final class SettingsOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings as YAML; `turnpike config docs` lists them.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "One setting, repeatable. Flags win over TURNPIKE_* variables, those over the"
                            + " file.")
    private Map<String, String> values = new LinkedHashMap<>();

    /**
     * The settings of this start.
     *
     * @param flags settings that other options of the command stand for; they win over --set
     * @throws dev.turnpike.runtime.config.InvalidSettingsException if the file is unreadable
     */
    SettingsSource source(Map<String, String> flags, Map<String, String> environment) {
        var all = new LinkedHashMap<>(values);
        all.putAll(flags);
        return SettingsSource.load(all, environment, config);
    }
}
