package dev.turnpike.edge.wire;

import java.util.Locale;
import java.util.Set;

/**
 * Names that must be spelled exactly. Some servers match names without regard to case, so a variant
 * would be read there and overlooked here.
 */
final class KnownNames {
    static final KnownNames REQUEST =
            new KnownNames(
                    Set.of(
                            "model",
                            "messages",
                            "system",
                            "prompt",
                            "input",
                            "instructions",
                            "stream",
                            "stream_options",
                            "max_tokens",
                            "max_completion_tokens",
                            "max_output_tokens",
                            "n",
                            "best_of",
                            "metadata",
                            "user",
                            "tools",
                            "functions",
                            "response_format",
                            "modalities",
                            "service_tier"));

    static final KnownNames MESSAGE =
            new KnownNames(
                    Set.of(
                            "role",
                            "content",
                            "name",
                            "tool_calls",
                            "tool_call_id",
                            "function_call"));

    static final KnownNames OPTIONS =
            new KnownNames(
                    Set.of("include_usage", "continuous_usage_stats", "include_obfuscation"));

    private final Set<String> names;

    private KnownNames(Set<String> names) {
        this.names = names;
    }

    /** Whether a name is not one of these but would pass for one. */
    boolean variant(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = json[i];
            if (b < 0 || b == '\\' || (b >= 'A' && b <= 'Z')) {
                return decidedVariant(JsonText.decode(json, from, to));
            }
        }
        return false;
    }

    /** An escaped spelling of a name is no variant: it is the name. Callers compare the text. */
    private boolean decidedVariant(String name) {
        // The two non-ASCII letters that fold to ASCII ones.
        var folded = name.toLowerCase(Locale.ROOT).replace('\u017f', 's').replace('\u212a', 'k');
        return !names.contains(name) && names.contains(folded);
    }
}
