package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;

/**
 * Token counts of one answer as an upstream reported them, brought to one meaning.
 *
 * @param prompt all input tokens, cached ones included
 * @param cachedRead input tokens read from a cache, part of {@code prompt}
 * @param cacheWrite input tokens written to a cache, part of {@code prompt}
 * @param completion all output tokens, reasoning included
 * @param reasoning part of {@code completion}
 * @param suspect whether something in the report made no sense and was corrected
 */
public record RawUsage(
        long prompt,
        long cachedRead,
        long cacheWrite,
        long completion,
        long reasoning,
        boolean suspect) {
    /** Largest count believed; anything above is nonsense. */
    public static final long COUNT_MAX = 1_000_000_000L;

    /** No tokens at all. */
    public static final RawUsage ZERO = new RawUsage(0, 0, 0, 0, 0, false);

    public RawUsage {
        check(prompt);
        check(cachedRead);
        check(cacheWrite);
        check(completion);
        check(reasoning);
    }

    /** Prompt and completion together. */
    public long total() {
        return prompt + completion;
    }

    /** This usage as OpenAI's {@code usage} object of the chat routes. */
    public byte[] toChatJson() {
        var text =
                "{\"prompt_tokens\":"
                        + prompt
                        + ",\"completion_tokens\":"
                        + completion
                        + ",\"total_tokens\":"
                        + total()
                        + ",\"prompt_tokens_details\":{\"cached_tokens\":"
                        + cachedRead
                        + (cacheWrite == 0 ? "" : ",\"cache_write_tokens\":" + cacheWrite)
                        + "},\"completion_tokens_details\":{\"reasoning_tokens\":"
                        + reasoning
                        + "}}";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void check(long count) {
        if (count < 0 || count > COUNT_MAX) {
            throw new IllegalArgumentException("count out of range: " + count);
        }
    }
}
