package dev.turnpike.launcher.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Exit codes, after {@code sysexits.h}; a process ended by signal n exits with 128 + n. */
final class ExitCode {
    static final int OK = 0;

    /** What was asked for did not hold: the demo's story failed, a change met a conflict. */
    static final int FAILED = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** What was given is wrong: a body, a file. */
    static final int DATA = 65;

    /** What was named does not exist. */
    static final int ABSENT = 66;

    /** A port, a directory, the cluster or the management API cannot be used. */
    static final int UNAVAILABLE = 69;

    /** A fault in the program. */
    static final int INTERNAL = 70;

    /** The same command may succeed later. */
    static final int LATER = 75;

    /** The key is not valid, or may not do this. */
    static final int DENIED = 77;

    /** The settings are wrong. */
    static final int CONFIG = 78;

    private ExitCode() {}

    /** For an answer of the management API that is not a success. */
    static int ofStatus(int status) {
        return switch (status) {
            case 400, 413, 422 -> DATA;
            case 401, 403 -> DENIED;
            case 404, 410 -> ABSENT;
            case 429 -> LATER;
            default -> status >= 500 ? LATER : FAILED;
        };
    }

    /** As the help shows them. */
    static Map<String, String> descriptions() {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        texts.put(" " + OK, "done, or stopped as asked (143 or 130 when stopped by a signal)");
        texts.put(" " + FAILED, "what was asked for did not hold: the demo's story, a conflict");
        texts.put(" " + USAGE, "the command line is wrong");
        texts.put(String.valueOf(DATA), "what was given is wrong: a body, a file");
        texts.put(String.valueOf(ABSENT), "what was named does not exist");
        texts.put(
                String.valueOf(UNAVAILABLE),
                "a port, directory, Kafka or the management API cannot be used");
        texts.put(String.valueOf(INTERNAL), "a fault in the program, or a part failed");
        texts.put(String.valueOf(LATER), "the same command may succeed later");
        texts.put(String.valueOf(DENIED), "the management key is not valid or may not do this");
        texts.put(String.valueOf(CONFIG), "the settings are wrong; every mistake is listed");
        return texts;
    }
}
