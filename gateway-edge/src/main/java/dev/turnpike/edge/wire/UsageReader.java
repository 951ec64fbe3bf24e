package dev.turnpike.edge.wire;

import java.util.Optional;

/**
 * Reads a {@code usage} object in any of the shapes upstreams send: OpenAI chat, responses and
 * embeddings, Anthropic, DeepSeek, Moonshot, vLLM, SGLang, Ollama, Gemini. Never throws on
 * nonsense: counts are brought into 0..{@link RawUsage#COUNT_MAX} and the result is marked suspect.
 */
public final class UsageReader {
    private static final long ABSENT = -1;
    private static final NameTable COUNTS =
            NameTable.of(
                    "prompt_tokens",
                    "completion_tokens",
                    "total_tokens",
                    "input_tokens",
                    "output_tokens",
                    "cached_tokens",
                    "prompt_cache_hit_tokens",
                    "cache_write_tokens",
                    "reasoning_tokens",
                    "cache_read_input_tokens",
                    "cache_creation_input_tokens");

    private long prompt = ABSENT;
    private long completion = ABSENT;
    private long total = ABSENT;
    private long cached = ABSENT;
    private long cacheWrite = ABSENT;
    private long reasoning = ABSENT;
    private boolean anthropicCache;
    private boolean cacheWithin;
    private boolean suspect;

    private UsageReader() {}

    /**
     * @param json holds a JSON object from {@code from} to {@code to}
     * @return empty when it names no count at all, or is no object
     */
    public static Optional<RawUsage> read(byte[] json, int from, int to) {
        try {
            var cursor = JsonCursor.lenient(json, from, to);
            return cursor.peek() == '{' ? read(json, cursor) : Optional.empty();
        } catch (JsonFaultException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads the object at the cursor, which is then behind it.
     *
     * @return empty when it names no count at all
     * @throws JsonFaultException if it is no JSON object
     */
    static Optional<RawUsage> read(byte[] json, JsonCursor cursor) throws JsonFaultException {
        var reader = new UsageReader();
        reader.members(json, cursor);
        return reader.result();
    }

    private void members(byte[] json, JsonCursor cursor) throws JsonFaultException {
        cursor.enterObject();
        while (cursor.nextName()) {
            int nameFrom = cursor.textFrom();
            int nameTo = cursor.textTo();
            int from = cursor.position();
            boolean object = cursor.peek() == '{';
            if (object && endsWithDetails(json, nameTo)) {
                members(json, cursor);
                continue;
            }
            cursor.skipValue();
            // The type of a usage, its seconds, a service tier: they count no tokens.
            var name = object ? null : COUNTS.find(json, nameFrom, nameTo);
            if (name != null) {
                long value = count(json, from, cursor.position());
                if (value != ABSENT) {
                    take(name, value);
                }
            }
        }
    }

    private static boolean endsWithDetails(byte[] json, int nameTo) {
        return nameTo >= 8 && JsonText.is(json, nameTo - 8, nameTo, "_details");
    }

    private void take(String name, long value) {
        switch (name) {
            case "prompt_tokens" -> {
                prompt = value;
                cacheWithin = true; // Whatever the cache's members are called: proxies name both.
            }
            case "input_tokens" -> prompt = value;
            case "completion_tokens", "output_tokens" -> completion = value;
            case "total_tokens" -> total = value;
            case "cached_tokens", "prompt_cache_hit_tokens" -> cached = Math.max(cached, value);
            case "cache_write_tokens" -> cacheWrite = value;
            case "reasoning_tokens" -> reasoning = Math.max(reasoning, value);
            case "cache_read_input_tokens" -> {
                cached = Math.max(cached, value);
                anthropicCache = true;
            }
            case "cache_creation_input_tokens" -> {
                cacheWrite = Math.max(cacheWrite, value);
                anthropicCache = true;
            }
            default -> throw new IllegalStateException("no count: " + name);
        }
    }

    /** A count, {@link #ABSENT} for null and for what is no number at all. */
    private long count(byte[] json, int from, int to) {
        int start = from;
        int end = to;
        if (json[from] == '"') {
            start++;
            end--;
        }
        byte first = start < end ? json[start] : 0;
        if (first == 'n' && start == from) {
            return ABSENT;
        }
        if (first == '-') {
            suspect = true;
            return 0;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = json[i] - '0';
            if (digit < 0 || digit > 9) {
                suspect = true;
                return ABSENT;
            }
            value = Math.min(RawUsage.COUNT_MAX + 1, value * 10 + digit);
        }
        if (start == end || value > RawUsage.COUNT_MAX) {
            suspect = true;
        }
        return start == end ? ABSENT : Math.min(value, RawUsage.COUNT_MAX);
    }

    private Optional<RawUsage> result() {
        if (prompt == ABSENT && completion == ABSENT) {
            if (total == ABSENT) {
                return Optional.empty();
            }
            prompt = total; // Rerankers and some embedders count nothing else.
        }
        long in = Math.max(0, prompt);
        long read = Math.max(0, cached);
        long written = Math.max(0, cacheWrite);
        boolean cacheApart = anthropicCache && !cacheWithin;
        if (cacheApart) {
            in = capped(in + read + written);
        }
        long out = Math.max(0, completion);
        long thought = Math.max(0, reasoning);
        long surplus = cacheApart ? 0 : Math.max(0, total - in - out);
        if (surplus > 0) {
            if (completion != ABSENT) { // Otherwise it is just the output that was left out.
                thought = thought <= surplus ? surplus : thought + surplus;
            }
            out = capped(out + surplus);
        }
        if (thought > out) {
            suspect = true;
            thought = out;
        }
        if (read + written > in) {
            suspect = true;
            read = Math.min(read, in);
            written = in - read;
        }
        return Optional.of(new RawUsage(in, read, written, out, thought, suspect));
    }

    private long capped(long count) {
        if (count > RawUsage.COUNT_MAX) {
            suspect = true;
            return RawUsage.COUNT_MAX;
        }
        return count;
    }
}
