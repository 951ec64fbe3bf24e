package dev.turnpike.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory of other processes, from Linux's {@code /proc}. */
final class Memory {
    private static final String RESIDENT = "VmRSS:";

    private Memory() {}

    /** Sum of the resident memory, in bytes; 0 where there is no {@code /proc}. */
    static long resident(List<Long> pids) {
        return pids.stream().mapToLong(Memory::resident).sum();
    }

    private static long resident(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // Ended, or another operating system.
        }
    }
}
