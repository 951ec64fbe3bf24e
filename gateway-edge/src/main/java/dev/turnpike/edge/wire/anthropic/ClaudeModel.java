package dev.turnpike.edge.wire.anthropic;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What depends on which model of Anthropic is asked. A name tells family and version; names that
 * tell neither (other vendors with this wire, aliases of an operator) get what every model accepts.
 *
 * @param version major version times 100 plus the minor one; 0 when the name does not tell
 */
record ClaudeModel(int version) {
    private static final int PLAIN_OUTPUT_MAX = 4_096;
    private static final int OLDER_OUTPUT_MAX = 8_192;
    private static final int OUTPUT_MAX = 32_000;

    /** Family first ({@code claude-opus-4-6}) or version first ({@code claude-3-5-haiku}). */
    private static final Pattern NAME =
            Pattern.compile(
                    "claude-(?:[a-z]+-)?(\\d{1,2})(?:[.-](\\d{1,2}))?(?:[-@:.].*)?",
                    Pattern.CASE_INSENSITIVE);

    static ClaudeModel of(String name) {
        int at = Math.max(0, name.toLowerCase(Locale.ROOT).lastIndexOf("claude-"));
        var found = NAME.matcher(name.substring(at));
        if (!found.matches()) {
            return new ClaudeModel(0);
        }
        var minor = found.group(2);
        int major = Integer.parseInt(found.group(1));
        return new ClaudeModel(100 * major + (minor == null ? 0 : Integer.parseInt(minor)));
    }

    /** Output tokens asked for when the client set no bound, which this wire requires. */
    int outputTokensDefault() {
        if (version >= 307) {
            return OUTPUT_MAX;
        }
        return version == 300 ? PLAIN_OUTPUT_MAX : OLDER_OUTPUT_MAX;
    }

    /** Whether temperature, top_p and top_k are refused, whatever they are. */
    boolean refusesSampling() {
        return version > 406;
    }

    /** Whether temperature and top_p may not be given together. */
    boolean refusesBothSamplings() {
        return version >= 401;
    }

    /** Whether the model itself decides how much it thinks, led by an effort. */
    boolean adaptsThinking() {
        return version >= 406;
    }

    /** Whether a budget for thinking may be set. */
    boolean thinksByBudget() {
        return version == 0 || version >= 307;
    }
}
