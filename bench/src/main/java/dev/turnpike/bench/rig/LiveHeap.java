package dev.turnpike.bench.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Asks another Java process how much of its heap is in use once garbage is gone. */
final class LiveHeap {
    /** Soft references and what they held go with the second collection. */
    private static final int COLLECTIONS = 2;

    private static final Pattern USED = Pattern.compile("garbage-first heap.*? used (\\d+)K");

    private LiveHeap() {}

    /**
     * @throws BenchException if the process does not answer, or has not the G1 collector
     */
    static long bytes(long pid) {
        for (int i = 0; i < COLLECTIONS; i++) {
            var unused = ask(pid, "GC.run");
        }
        var info = ask(pid, "GC.heap_info");
        var used = USED.matcher(info);
        if (!used.find()) {
            throw new BenchException("no heap in: " + info);
        }
        return Long.parseLong(used.group(1)) << 10;
    }

    private static String ask(long pid, String question) {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            var process =
                    new ProcessBuilder(jcmd, Long.toString(pid), question)
                            .redirectErrorStream(true)
                            .start();
            var answer = process.inputReader(StandardCharsets.UTF_8).readAllAsString();
            if (process.waitFor() != 0) {
                throw new BenchException("jcmd " + question + ": " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new BenchException("jcmd cannot be asked: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
