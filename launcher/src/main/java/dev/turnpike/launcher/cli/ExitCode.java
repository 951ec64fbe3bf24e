package dev.turnpike.launcher.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Exit codes, after {@code sysexits.h}; a process ended by signal n exits with 128 + n. */
final class ExitCode {
    static final int OK = 0;

    /** What was asked for did not hold: the demo's story failed. */
    static final int FAILED = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** A port, a directory or the cluster cannot be used. */
    static final int UNAVAILABLE = 69;

    /** A fault in the program. */
    static final int INTERNAL = 70;

    /** The settings are wrong. */
    static final int CONFIG = 78;

    private ExitCode() {}

    /** As the help shows them. */
    static Map<String, String> descriptions() {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        texts.put(" " + OK, "done, or stopped as asked (143 or 130 when stopped by a signal)");
        texts.put(" " + FAILED, "what was asked for did not hold: the demo's story, a check");
        texts.put(" " + USAGE, "the command line is wrong");
        texts.put(String.valueOf(UNAVAILABLE), "a port, directory or Kafka cannot be used");
        texts.put(String.valueOf(INTERNAL), "a fault in the program, or a part failed");
        texts.put(String.valueOf(CONFIG), "the settings are wrong; every mistake is listed");
        return texts;
    }
}
