package dev.turnpike.edge.estimate;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.ModelRequest;
import java.util.List;

/**
 * Estimates prompt tokens. Cheap where nothing depends on the number, with the vocabulary of the
 * GPT family where it does; other families differ by some tenths. Thread-safe.
 */
public final class TokenEstimator {
    /** Characters of one request that are looked up; the rest is weighed. */
    public static final int CHARS_MAX = 200_000;

    /** Characters given to the vocabulary at once: its time grows faster than the text. */
    static final int CHARS_PER_CALL = 8_192;

    static final int TOKENS_PER_MESSAGE = 3;
    static final int TOKENS_PER_REPLY = 3;

    /** An image in high detail, four tiles of 170 and 85 for the whole. */
    static final int TOKENS_PER_ATTACHMENT = 765;

    private static final int BYTES_PER_TOKEN = 4;
    private static final List<String> OLDER_MODELS =
            List.of("gpt-3.5", "gpt-35", "text-embedding", "davinci", "babbage");

    /** Beginnings of the names of models whose vocabulary is known to be one of ours. */
    private static final List<String> KNOWN_MODELS =
            List.of("gpt-", "chatgpt-", "o1", "o3", "o4", "codex-", "text-embedding", "davinci");

    private final Calibration calibration = new Calibration();
    private final EncodingRegistry vocabularies = Encodings.newLazyEncodingRegistry();

    /**
     * Prompt tokens for admission: by weights if a limit counts them or what they cost, else by
     * size alone. What is set aside is replaced by the truth, so the vocabulary is not worth its
     * time here.
     */
    public long admissionInput(ModelRequest request, boolean counted) {
        if (!request.countable()) {
            return 0;
        }
        return counted ? weighedInput(request) : cheapInput(request);
    }

    /** What providers taught us about our counts of generated tokens. */
    public Calibration calibration() {
        return calibration;
    }

    /** Prompt tokens by weights; some nanoseconds a character. */
    public long weighedInput(ModelRequest request) {
        var weights = new StreamingEstimator();
        request.meterText(weights);
        return overhead(request) + weights.tokens();
    }

    /** Prompt tokens by size alone; takes no time. */
    public long cheapInput(ModelRequest request) {
        return overhead(request) + Math.ceilDiv(request.promptBytes(), BYTES_PER_TOKEN);
    }

    /**
     * Prompt tokens by vocabulary; takes some 0.1 ms per 1,000 characters.
     *
     * @param model chooses the vocabulary
     */
    public long exactInput(ModelRequest request, String model) {
        var count = new Count(encoding(model));
        request.meterText((json, from, to) -> count.add(JsonText.decode(json, from, to)));
        return overhead(request) + count.tokens();
    }

    /**
     * Tokens of {@code text}.
     *
     * @param model chooses the vocabulary
     */
    public long count(String model, String text) {
        var count = new Count(encoding(model));
        count.add(text);
        return count.tokens();
    }

    /** What a chat costs beside its text: the marks of messages, tools, attachments, token ids. */
    private static long overhead(ModelRequest request) {
        int messages = request.messageCount();
        long marks = messages == 0 ? 0 : (long) TOKENS_PER_MESSAGE * messages + TOKENS_PER_REPLY;
        return marks
                + request.promptTokenIds()
                + (long) TOKENS_PER_ATTACHMENT * request.attachments()
                + Math.ceilDiv(request.toolBytes(), BYTES_PER_TOKEN);
    }

    /** Whether the vocabulary of {@code model} is known, so that nothing can correct its count. */
    boolean knows(String model) {
        var name = name(model);
        return KNOWN_MODELS.stream().anyMatch(name::startsWith) && !name.startsWith("gpt-oss");
    }

    private static String name(String model) {
        return model.substring(model.lastIndexOf('/') + 1);
    }

    private Encoding encoding(String model) {
        var name = name(model);
        return vocabularies.getEncoding(
                older(name) ? EncodingType.CL100K_BASE : EncodingType.O200K_BASE);
    }

    /** The library's own look-up ends at gpt-4o and takes gpt-4.1 for gpt-4. */
    private static boolean older(String name) {
        return OLDER_MODELS.stream().anyMatch(name::startsWith)
                || name.equals("gpt-4")
                || name.startsWith("gpt-4-");
    }

    /** Adds up the pieces of one text. */
    private static final class Count {
        private final Encoding encoding;
        private final StreamingEstimator beyond = new StreamingEstimator();
        private long tokens;
        private int charsLeft = CHARS_MAX;

        Count(Encoding encoding) {
            this.encoding = encoding;
        }

        void add(String text) {
            int from = 0;
            while (from < text.length() && charsLeft > 0) {
                int to = Math.min(text.length(), from + Math.min(CHARS_PER_CALL, charsLeft));
                if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
                    to++; // A character is not cut in two.
                }
                tokens += encoding.countTokensOrdinary(text.substring(from, to));
                charsLeft -= to - from;
                from = to;
            }
            if (from < text.length()) {
                beyond.add(text.substring(from));
            }
        }

        long tokens() {
            return tokens + beyond.tokens();
        }
    }
}
