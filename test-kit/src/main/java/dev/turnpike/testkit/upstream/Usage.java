package dev.turnpike.testkit.upstream;

/**
 * Token counts as a chat provider reports them.
 *
 * @param cached part of {@code prompt} that came from a cache
 * @param reasoning part of {@code completion} that was not shown
 */
public record Usage(int prompt, int completion, int cached, int reasoning) {
    public Usage(int prompt, int completion) {
        this(prompt, completion, 0, 0);
    }

    public int total() {
        return prompt + completion;
    }

    String json() {
        return """
        {"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,\
        "prompt_tokens_details":{"cached_tokens":%d},\
        "completion_tokens_details":{"reasoning_tokens":%d}}\
        """
                .formatted(prompt, completion, total(), cached, reasoning);
    }
}
