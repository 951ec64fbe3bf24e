package dev.turnpike.launcher.settings;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.ListenerSettings;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.secret.MasterKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the process itself, as opposed to those of a service in it.
 *
 * @param dataDirectory where everything that must survive a restart is kept
 * @param kafka the external cluster; empty starts an embedded broker
 * @param kafkaPort loopback port of the embedded broker; 0 is any, remembered in the data directory
 * @param masterKey empty takes the one in the data directory, which is made at the first start
 * @param admin where a service that runs alone answers health and metrics
 * @param startTimeout how long everything may take to become ready
 * @param stopTimeout how long a stop may take before the process ends regardless
 */
public record ProcessConfig(
        Path dataDirectory,
        Optional<KafkaSettings> kafka,
        int kafkaPort,
        Optional<MasterKey> masterKey,
        ListenerSettings admin,
        Duration startTimeout,
        Duration stopTimeout,
        LogConfig log) {
    /** Loopback port of the embedded broker where nothing else is said. */
    public static final int KAFKA_PORT_DEFAULT = 19_092;

    /** Port of the admin listener where nothing else is said. */
    public static final int ADMIN_PORT_DEFAULT = 8091;

    /** The data directory where nothing else is said, below the working directory. */
    public static final Path DATA_DIRECTORY_DEFAULT = Path.of("data");

    static ProcessConfig read(Settings settings) {
        return new ProcessConfig(
                settings.path(
                        "data-directory",
                        DATA_DIRECTORY_DEFAULT,
                        "Directory in which every service keeps its state."),
                KafkaSettings.readIfGiven(settings),
                settings.integer(
                        "kafka.port",
                        0,
                        65_535,
                        KAFKA_PORT_DEFAULT,
                        "Loopback port of the embedded broker; 0 picks a free one once."),
                MasterKey.read(settings),
                ListenerSettings.read(settings, "admin", ADMIN_PORT_DEFAULT),
                settings.duration(
                        "process.start-timeout",
                        Duration.ofSeconds(1),
                        Duration.ofHours(1),
                        Duration.ofMinutes(2),
                        "How long everything may take to become ready."),
                settings.duration(
                        "process.stop-timeout",
                        Duration.ofSeconds(1),
                        Duration.ofHours(1),
                        Duration.ofSeconds(45),
                        "How long a stop may take; then the process ends regardless."),
                LogConfig.read(settings));
    }
}
