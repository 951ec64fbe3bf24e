package dev.turnpike.runtime.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The name of an instance in its consumer group, the same after every restart. */
public final class InstanceId {
    private static final String FILE = "instance-id";

    private InstanceId() {}

    /**
     * The name kept in {@code directory}, drawn at the first start.
     *
     * @param service what a drawn name begins with
     * @throws UncheckedIOException if the directory cannot be written
     */
    public static String keptIn(Path directory, String service, IdSource ids) {
        var file = directory.resolve(FILE);
        try {
            if (Files.exists(file)) {
                var kept = Files.readString(file).strip();
                if (!kept.isEmpty()) {
                    return kept;
                }
            }
            Files.createDirectories(directory);
            var drawn = service + "-" + ids.next();
            var written = Files.writeString(directory.resolve(FILE + ".new"), drawn);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            return drawn;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
