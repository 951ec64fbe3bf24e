package dev.turnpike.edge.wire;

import java.util.List;
import java.util.Locale;

/**
 * Takes out of a provider's message what tells who the provider is or what belongs to our account:
 * URLs, keys, organisation and request ids, vendor names, the target model's name.
 */
final class MessageCleaner {
    /** Longest message shown, in characters. */
    static final int MESSAGE_CHARS_MAX = 600;

    private static final String REMOVED = "[removed]";
    private static final String PROVIDER = "the provider";

    /** Longer ones before the shorter ones they contain. */
    private static final List<String> VENDORS =
            List.of(
                    "openrouter",
                    "azure openai",
                    "openai",
                    "anthropic",
                    "claude",
                    "chatgpt",
                    "gpt",
                    "microsoft azure",
                    "azure",
                    "baseten",
                    "deepseek",
                    "mistral ai",
                    "mistralai",
                    "mistral",
                    "groqcloud",
                    "groq",
                    "together.ai",
                    "togetherai",
                    "together ai",
                    "fireworks ai",
                    "fireworks.ai",
                    "google cloud",
                    "google ai",
                    "vertex ai",
                    "vertex",
                    "gemini",
                    "google",
                    "bedrock",
                    "amazon",
                    "moonshot",
                    "cerebras",
                    "sambanova",
                    "perplexity",
                    "cohere",
                    "hugging face",
                    "huggingface",
                    "nvidia",
                    "litellm",
                    "x.ai");

    /** No word begins like this. */
    private static final List<String> SECRET_STARTS =
            List.of(
                    "sk-", "sk_", "org-", "org_", "proj_", "proj-", "gsk_", "aiza", "xai-", "req_",
                    "req-", "hf_", "nvapi-", "asst_", "acct_", "pk-", "pk_");

    /** Identities begin like this, and words too: {@code user-provided}, {@code key-value}. */
    private static final List<String> IDENTITY_STARTS = List.of("key-", "key_", "bearer", "user-");

    /** Letters in a row that are no word. */
    private static final int WORD_LETTERS_MAX = 15;

    private MessageCleaner() {}

    static String clean(String message, String targetModel, String publicModel) {
        var text =
                message.length() > 4 * MESSAGE_CHARS_MAX
                        ? message.substring(0, 4 * MESSAGE_CHARS_MAX)
                        : message;
        if (!targetModel.isEmpty()) {
            text = text.replace(targetModel, publicModel);
        }
        var cleaned = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !breaks(text.charAt(end))) {
                end++;
            }
            word(text.substring(at, end), publicModel, cleaned);
            if (end < text.length()) {
                char c = text.charAt(end);
                cleaned.append(c < ' ' ? ' ' : c);
            }
            at = end + 1;
        }
        return shortened(withoutVendors(cleaned.toString(), publicModel));
    }

    private static boolean breaks(char c) {
        return c <= ' ' || c == '\'' || c == '"' || c == '`' || c == '(' || c == ')' || c == '<'
                || c == '>' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == '*'
                || c == '=';
    }

    private static void word(String word, String publicModel, StringBuilder out) {
        if (word.equals(publicModel)) {
            out.append(word);
            return;
        }
        var lower = word.toLowerCase(Locale.ROOT);
        boolean address = lower.contains("://") || lower.startsWith("www.") || domain(lower);
        boolean secret =
                lower.contains("@") || secretStart(lower) || identity(word, lower) || random(word);
        out.append(address || secret ? REMOVED : word);
    }

    private static boolean secretStart(String lower) {
        for (var start : SECRET_STARTS) {
            if (lower.startsWith(start) && lower.length() > start.length() + 3) {
                return true;
            }
        }
        return false;
    }

    private static boolean identity(String word, String lower) {
        for (var start : IDENTITY_STARTS) {
            if (lower.startsWith(start) && lower.length() > start.length() + 3) {
                return !plain(word.substring(start.length()));
            }
        }
        return false;
    }

    /** Whether this may be made of words: no digit, no capital within, nothing too long. */
    private static boolean plain(String text) {
        int letters = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            letters = Character.isLetter(c) ? letters + 1 : 0;
            boolean within =
                    letters > 1
                            && Character.isUpperCase(c)
                            && Character.isLowerCase(text.charAt(i - 1));
            if (Character.isDigit(c) || within || letters > WORD_LETTERS_MAX) {
                return false;
            }
        }
        return true;
    }

    private static boolean domain(String lower) {
        for (var end : List.of(".com", ".ai", ".io", ".dev", ".org", ".net", ".co")) {
            int at = lower.indexOf(end);
            int after = at + end.length();
            boolean ends = after >= lower.length() || !Character.isLetter(lower.charAt(after));
            if (at > 0 && ends) {
                return true;
            }
        }
        return false;
    }

    /** A long run of letters and digits mixed is an id or a key, not a word. */
    private static boolean random(String word) {
        int run = 0;
        int digits = 0;
        int letters = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
                run++;
            } else if (Character.isLetter(c)) {
                letters++;
                run++;
            } else if (c != '-' && c != '_') {
                run = 0;
                digits = 0;
                letters = 0;
            }
            if (run >= 20 && digits >= 3 && letters >= 3) {
                return true;
            }
        }
        return false;
    }

    private static String withoutVendors(String text, String publicModel) {
        var result = text;
        for (var vendor : VENDORS) {
            result = withoutVendor(result, vendor, publicModel);
        }
        return result;
    }

    private static String withoutVendor(String text, String vendor, String publicModel) {
        var lower = text.toLowerCase(Locale.ROOT);
        int found = lower.indexOf(vendor);
        if (found < 0 || lower.length() != text.length()) {
            return text;
        }
        var out = new StringBuilder(text.length());
        int done = 0;
        while (found >= 0) {
            int end = found + vendor.length();
            if (alone(lower, found, end) && !within(text, publicModel, found)) {
                out.append(text, done, found).append(PROVIDER);
                done = end;
            }
            found = lower.indexOf(vendor, end);
        }
        return out.append(text.substring(done)).toString();
    }

    private static boolean alone(String lower, int from, int to) {
        boolean before = from == 0 || !Character.isLetterOrDigit(lower.charAt(from - 1));
        return before && (to == lower.length() || !Character.isLetterOrDigit(lower.charAt(to)));
    }

    /** The operator may have put a vendor's name into the public name on purpose. */
    private static boolean within(String text, String publicModel, int at) {
        int start = text.lastIndexOf(publicModel, at);
        return !publicModel.isEmpty() && start >= 0 && at < start + publicModel.length();
    }

    private static String shortened(String text) {
        if (text.length() <= MESSAGE_CHARS_MAX) {
            return text;
        }
        int end = MESSAGE_CHARS_MAX;
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
