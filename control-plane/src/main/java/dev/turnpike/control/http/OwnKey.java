package dev.turnpike.control.http;

import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.schemas.id.KeyPrefix;
import java.util.HashMap;
import java.util.regex.Pattern;

/**
 * A key of the operator's own making; prints as its prefix.
 *
 * @param prefix by which an edge finds it
 */
record OwnKey(KeyPrefix prefix, String whole) {
    static final int LENGTH_MIN = 32;
    static final int LENGTH_MAX = 128;

    /** Least Shannon entropy, in bits per character. */
    static final double ENTROPY_MIN = 3.0;

    /** What one word of a header can hold. */
    private static final Pattern WORD = Pattern.compile("[!-~]*");

    /**
     * Reads the {@code key} of a registration. No refusal repeats any of it.
     *
     * @param brand of minted keys, such as {@code tp}
     * @throws dev.turnpike.runtime.problem.ProblemException naming the rule it breaks
     */
    static OwnKey read(Fields body, String brand) {
        var key = body.text("key", LENGTH_MIN, LENGTH_MAX);
        if (!WORD.matcher(key).matches()) {
            throw body.wrong("key", "must be printable ASCII without spaces");
        }
        if (entropy(key) < ENTROPY_MIN) {
            throw body.wrong("key", "must have at least 3.0 bits of entropy per character");
        }
        var prefix = KeyPrefix.parse(ApiKeyText.lookupPrefix(key));
        if (prefix.isEmpty() || managing(key, brand)) {
            throw body.wrong("key", "must not look like a key for management");
        }
        return new OwnKey(prefix.get(), key);
    }

    private static boolean managing(String key, String brand) {
        return ApiKeyText.parse(key)
                .filter(own -> own.brand().equals(ApiKeyText.managementBrand(brand)))
                .isPresent();
    }

    /** Shannon entropy of the characters, in bits per character. */
    static double entropy(String text) {
        var counts = new HashMap<Integer, Integer>();
        text.chars().forEach(c -> counts.merge(c, 1, Integer::sum));
        double bits = 0;
        for (int count : counts.values()) {
            double share = (double) count / text.length();
            bits -= share * Math.log(share) / Math.log(2);
        }
        return bits;
    }

    @Override
    public String toString() {
        return prefix + "[secret]";
    }
}
