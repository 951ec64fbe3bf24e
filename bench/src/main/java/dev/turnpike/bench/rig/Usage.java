package dev.turnpike.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What other processes use of this machine. */
final class Usage {
    private static final String RESIDENT = "VmRSS:";

    /** What names of the JVM's compiler threads have in common; Linux cuts them to 15 letters. */
    private static final String COMPILER = "CompilerThre";

    private Usage() {}

    /** Sum of the resident memory, in bytes; 0 where there is no {@code /proc}. */
    static long residentBytes(List<Long> pids) {
        return pids.stream().mapToLong(Usage::residentBytes).sum();
    }

    private static long residentBytes(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // Ended, or another operating system.
        }
    }

    /** Processor time of all processes so far, user and system. */
    static Duration processorTime(List<Long> pids) {
        return pids.stream()
                .map(ProcessHandle::of)
                .flatMap(Optional::stream)
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Processor time of the JVM's compilers so far; zero where there is no {@code /proc}. */
    static Duration compilerTime(List<Long> pids) {
        return Duration.ofNanos(pids.stream().mapToLong(Usage::compilerNanos).sum());
    }

    private static long compilerNanos(long pid) {
        try (var threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.mapToLong(Usage::nanosIfCompiler).sum();
        } catch (IOException e) {
            return 0; // As above.
        }
    }

    private static long nanosIfCompiler(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).contains(COMPILER)
                    ? Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0])
                    : 0;
        } catch (IOException e) {
            return 0; // The thread has ended.
        }
    }
}
