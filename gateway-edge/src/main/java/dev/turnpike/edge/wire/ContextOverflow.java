package dev.turnpike.edge.wire;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells that a provider refused a prompt for its length. Most say so in words only, each in its
 * own. The words are looked for as whole phrases: providers quote what a client wrote, and that may
 * be about contexts too.
 */
final class ContextOverflow {
    /** What programs look for. */
    static final String CODE = "context_length_exceeded";

    /** The part of a message in which the words are looked for, in characters. */
    private static final int CHARS_READ_MAX = 2_400;

    private static final Set<String> NAMES = Set.of(CODE, "exceed_context_size_error");

    private static final Pattern PHRASES =
            Pattern.compile(
                    CODE
                            + "|maximum context length"
                            + "|context (?:length|window) (?:is |was )?exceeded"
                            + "|exceeds? (?:the |this |its )?(?:(?:model's|available|maximum) ){0,3}"
                            + "context (?:limit|length|window|size)"
                            + "|longer than the (?:model's context|maximum model) length"
                            + "|prompt is too long"
                            + "|input is too long for requested model"
                            + "|token count[^0-9]{0,8}[0-9]+\\)? (?:exceeds the maximum number of"
                            + " tokens|but model only supports)"
                            + "|must be <= [0-9]+\\. given: [0-9]+ `inputs` tokens");

    private ContextOverflow() {}

    /**
     * @param lower the provider's message in lower case; only its beginning counts
     * @param code the provider's code
     * @param type the provider's type of error
     */
    static boolean told(String lower, @Nullable String code, @Nullable String type) {
        return (code != null && NAMES.contains(code))
                || (type != null && NAMES.contains(type))
                || PHRASES.matcher(beginning(lower)).find();
    }

    private static String beginning(String message) {
        return message.length() > CHARS_READ_MAX ? message.substring(0, CHARS_READ_MAX) : message;
    }
}
