package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.RawUsage;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The usage of one message as it is reported bit by bit: the first event names the input, later
 * ones the output so far. Counts are cumulative, so each one replaces what it was before; a zero is
 * a count, null is none. One thread.
 */
final class MessageUsage {
    private static final long ABSENT = -1;

    private long input = ABSENT;
    private long cacheRead = ABSENT;
    private long cacheWrite = ABSENT;
    private long output = ABSENT;
    private long reasoning = ABSENT;
    private boolean suspect;
    private boolean last;

    /** Takes what a whole message, or the end of a stream, says. */
    void takeLast(@Nullable JsonView usage) {
        take(usage);
        last |= usage != null && usage.members().containsKey("output_tokens");
    }

    /** Takes what one {@code usage} object says. */
    void take(@Nullable JsonView usage) {
        if (usage == null) {
            return;
        }
        var members = usage.members();
        input = count(members, "input_tokens", input);
        cacheRead = count(members, "cache_read_input_tokens", cacheRead);
        cacheWrite = count(members, "cache_creation_input_tokens", cacheWrite);
        output = count(members, "output_tokens", output);
        var details = members.get("output_tokens_details");
        if (details != null) {
            reasoning = count(details.members(), "reasoning_tokens", reasoning);
            reasoning = count(details.members(), "thinking_tokens", reasoning);
        }
        var written = members.get("cache_creation");
        if (written != null && !members.containsKey("cache_creation_input_tokens")) {
            takeWritten(written.members());
        }
    }

    /** The cache writes by how long they live, where their sum is not told. */
    private void takeWritten(Map<String, JsonView> byLifetime) {
        long minutes = count(byLifetime, "ephemeral_5m_input_tokens", ABSENT);
        long hour = count(byLifetime, "ephemeral_1h_input_tokens", ABSENT);
        if (minutes != ABSENT || hour != ABSENT) {
            cacheWrite = Math.min(RawUsage.COUNT_MAX, Math.max(0, minutes) + Math.max(0, hour));
        }
    }

    private long count(Map<String, JsonView> members, String name, long before) {
        var value = members.get(name);
        if (value == null) {
            return before;
        }
        long count = value.number();
        if (count < 0) {
            suspect = true;
            return value.spelling().startsWith("-") ? 0 : before;
        }
        suspect |= count > RawUsage.COUNT_MAX;
        return Math.min(count, RawUsage.COUNT_MAX);
    }

    /** What was reported by now; all input tokens count as prompt, cached ones included. */
    Optional<RawUsage> total() {
        if (input == ABSENT && output == ABSENT) {
            return Optional.empty();
        }
        long read = Math.max(0, cacheRead);
        long written = Math.max(0, cacheWrite);
        long prompt = Math.max(0, input) + read + written;
        long completion = Math.max(0, output);
        long thought = Math.max(0, reasoning);
        boolean nonsense = prompt > RawUsage.COUNT_MAX || thought > completion;
        long cached = Math.min(read, RawUsage.COUNT_MAX);
        return Optional.of(
                new RawUsage(
                        Math.min(prompt, RawUsage.COUNT_MAX),
                        cached,
                        Math.min(written, RawUsage.COUNT_MAX - cached),
                        completion,
                        Math.min(thought, completion),
                        suspect || nonsense));
    }

    /** Whether the provider has counted all of the output. */
    boolean whole() {
        return last;
    }

    /** A usage as Anthropic writes it, where cached input stands apart. */
    static void write(RawUsage usage, JsonOut out) {
        long fresh = Math.max(0, usage.prompt() - usage.cachedRead() - usage.cacheWrite());
        out.object();
        out.name("input_tokens").number(fresh);
        out.name("cache_creation_input_tokens").number(usage.cacheWrite());
        out.name("cache_read_input_tokens").number(usage.cachedRead());
        out.name("output_tokens").number(usage.completion());
        out.endObject();
    }
}
