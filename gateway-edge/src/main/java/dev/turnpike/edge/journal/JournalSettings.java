package dev.turnpike.edge.journal;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the journal is kept.
 *
 * @param directory owned by this journal alone; created when absent
 * @param edgeId first part of the stream id; empty takes the one kept in the directory, or draws it
 *     on first use
 * @param bytesMax most bytes of unacknowledged records; beyond it no new request starts
 * @param sync whether every write waits for the disk, and so survives the loss of power and not
 *     only of the process
 */
public record JournalSettings(
        Path directory, Optional<String> edgeId, long bytesMax, boolean sync) {
    /** Default of {@code bytesMax}: 2 GiB. */
    public static final long BYTES_MAX_DEFAULT = 2L << 30;

    /** Defaults in {@code directory}. */
    public static JournalSettings in(Path directory) {
        return new JournalSettings(directory, Optional.empty(), BYTES_MAX_DEFAULT, false);
    }
}
