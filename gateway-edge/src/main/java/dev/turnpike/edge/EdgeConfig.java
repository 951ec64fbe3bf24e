package dev.turnpike.edge;

import dev.turnpike.edge.http.BodyMemory;
import dev.turnpike.edge.journal.JournalSettings;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.ListenerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the edge, read once at start.
 *
 * @param listener where inference clients connect
 * @param directory where the edge keeps its journal and its copy of the control state
 * @param edgeId first part of the stream id; empty keeps the one in the directory
 * @param journalBytesMax most bytes of journal that Kafka has not acknowledged
 * @param journalSync whether every write waits for the disk
 * @param bodyMemoryMax most memory for the bodies of running requests together
 * @param maxStaleness how long the edge serves without contact to Kafka
 * @param allowPrivate whether upstreams may be on loopback and private addresses, and over plain
 *     http
 * @param headerPrefix prefix of our own reply headers
 */
public record EdgeConfig(
        ListenerSettings listener,
        Path directory,
        Optional<String> edgeId,
        long journalBytesMax,
        boolean journalSync,
        long bodyMemoryMax,
        Duration maxStaleness,
        boolean allowPrivate,
        String headerPrefix) {
    /** TCP port where nothing else is said. */
    public static final int PORT_DEFAULT = 8080;

    /** Reads the settings of the edge; mistakes are remembered by {@code settings}. */
    public static EdgeConfig read(Settings settings) {
        var data =
                settings.path(
                        "data-directory",
                        Path.of("data"),
                        "Directory in which every service keeps its state.");
        return new EdgeConfig(
                ListenerSettings.read(settings, "edge", PORT_DEFAULT),
                data.resolve("edge"),
                settings.optionalText(
                        "edge.id", "Name of this edge in the log; one process at a time has it."),
                settings.bytes(
                        "edge.journal-bytes-max",
                        1L << 20,
                        1L << 40,
                        JournalSettings.BYTES_MAX_DEFAULT,
                        "Most journal Kafka has not acknowledged; beyond it nothing is served."),
                settings.bool(
                        "edge.journal-sync",
                        false,
                        "Whether every journal write waits for the disk."),
                settings.bytes(
                        "edge.body-memory-max",
                        1L << 20,
                        1L << 40,
                        BodyMemory.BYTES_DEFAULT,
                        "Most memory for the bodies of all running requests; more get 503."),
                settings.duration(
                        "edge.max-staleness",
                        Duration.ofSeconds(1),
                        Duration.ofDays(7),
                        Duration.ofMinutes(10),
                        "How long the edge serves without contact to Kafka."),
                settings.bool(
                        "outbound.allow-private",
                        false,
                        "Allow upstreams and webhooks on private addresses, over plain http."),
                settings.text(
                        "branding.header-prefix",
                        "X-Turnpike",
                        "Prefix of the reply headers that are not standard."));
    }
}
