package dev.turnpike.launcher.settings;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.config.SettingsSource;

/**
 * What is logged, and how it looks. Takes effect through system properties that the logging set-up
 * reads when the first line is logged, so it is applied before anything starts.
 */
public record LogConfig(Level level, Format format) {
    private static final String LEVEL_PROPERTY = "turnpike.log.level";
    private static final String FORMAT_PROPERTY = "turnpike.log.format";

    /** How much our own code says; libraries are held at warnings, whatever this says. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** How a line looks. */
    public enum Format {
        /** One JSON object each. */
        JSON,
        /** For people. */
        TEXT
    }

    /**
     * Reads and applies only this part of the settings: to be called before the rest is read,
     * because reading already touches code that may log. Mistakes are left for the whole reading.
     */
    public static void apply(SettingsSource source) {
        read(new Settings(source)).apply();
    }

    static LogConfig read(Settings settings) {
        return new LogConfig(
                settings.oneOf("log.level", Level.INFO, "Least level that is logged."),
                settings.oneOf(
                        "log.format", Format.JSON, "One JSON object a line, or text for people."));
    }

    /** Makes this the set-up of the process; without effect once something has been logged. */
    private void apply() {
        System.setProperty(LEVEL_PROPERTY, level.name());
        System.setProperty(FORMAT_PROPERTY, format.name());
    }
}
