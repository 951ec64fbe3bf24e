package dev.turnpike.launcher.up;

import dev.turnpike.runtime.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;

/**
 * {@code run.json} in the data directory: where a running process answers, for scripts. It is there
 * exactly while everything is ready, except that a killed process leaves it behind until the next
 * start.
 */
final class RunFile {
    static final String NAME = "run.json";

    private final Path file;

    RunFile(Path directory) {
        this.file = directory.resolve(NAME);
    }

    /** Writes the whole file at once, readable by the owner only. */
    void write(Addresses addresses, long pid, Instant startedAt) {
        var body =
                Json.object()
                        .put("gateway_url", addresses.gatewayUrl())
                        .put("control_url", addresses.controlUrl())
                        .put("kafka_bootstrap", addresses.bootstrapServers())
                        .put("registry_url", addresses.registryUrl())
                        .put("pid", pid)
                        .put("started_at", startedAt.toString());
        var fresh = file.resolveSibling(NAME + ".new");
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.deleteIfExists(fresh);
            var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (var channel = Files.newByteChannel(fresh, options, owner)) {
                var text = body.toPrettyString() + "\n";
                var bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StartException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Removes the file; also one that a killed process left. */
    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
