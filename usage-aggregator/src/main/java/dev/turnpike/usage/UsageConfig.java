package dev.turnpike.usage;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.usage.domain.Horizon;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the aggregator runs.
 *
 * @param directory its own state; all of it can be restored from topics
 * @param instanceId stable name of this instance; empty keeps a drawn one in the directory
 * @param threads stream threads of this instance
 * @param requestRetention how long request ids are remembered to recognise repetitions
 */
public record UsageConfig(
        Path directory, Optional<String> instanceId, int threads, Duration requestRetention) {
    /** Threads one instance may have: one for each partition. */
    public static final int THREADS_MAX = 12;

    private static final Duration RETENTION_MAX = Duration.ofDays(400);
    private static final Duration RETENTION = Duration.ofDays(10);
    private static final String INSTANCE_ID = "usage.instance-id";
    private static final String INSTANCE_ID_SHAPE = "[A-Za-z0-9._-]{1,100}";

    /** Reads the settings; mistakes are reported by {@link Settings#finish}. */
    public static UsageConfig read(Settings settings) {
        var data =
                settings.path(
                        "data-directory", Path.of("data"), "Where all services keep their state.");
        var instanceId =
                settings.optionalText(
                        INSTANCE_ID,
                        "Stable name of this aggregator; drawn and kept in its directory by"
                                + " default.");
        if (instanceId.isPresent() && !instanceId.get().matches(INSTANCE_ID_SHAPE)) {
            settings.mistake(INSTANCE_ID, "must be 1 to 100 letters, digits, dots, dashes");
        }
        return new UsageConfig(
                data.resolve("usage"),
                instanceId,
                settings.integer("usage.threads", 1, THREADS_MAX, 1, "Threads that add up usage."),
                settings.duration(
                        "usage.request-retention",
                        Horizon.REQUESTS_MIN,
                        RETENTION_MAX,
                        RETENTION,
                        "How long request ids are remembered to recognise repetitions."));
    }
}
