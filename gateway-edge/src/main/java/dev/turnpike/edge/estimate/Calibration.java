package dev.turnpike.edge.estimate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.OptionalLong;

/**
 * How far our own count of generated tokens is from the provider's, by model, learned from the
 * answers that report their usage: vocabularies differ from family to family. Thread-safe.
 */
public final class Calibration {
    /** Models that are remembered. */
    private static final int MODELS_MAX = 10_000;

    /** Answers before anything is concluded. */
    static final int ANSWERS_MIN = 8;

    /** Shorter answers say too little. */
    static final long TOKENS_MIN = 16;

    /** How much the last answer counts. */
    private static final double LAST = 0.1;

    private static final double RATIO_MIN = 0.4;
    private static final double RATIO_MAX = 2.5;

    private final Cache<String, Learned> ratios =
            Caffeine.newBuilder().maximumSize(MODELS_MAX).executor(Runnable::run).build();

    /** The ratio of one model. What is learned changes this and not the cache, which is dearer. */
    private static final class Learned {
        private volatile Ratio ratio = new Ratio(1, 0);

        synchronized void add(double seen) {
            ratio = ratio.with(seen);
        }
    }

    private record Ratio(double value, int answers) {
        Ratio with(double seen) {
            double bounded = Math.clamp(seen, RATIO_MIN, RATIO_MAX);
            int count = Math.min(ANSWERS_MIN, answers + 1);
            // The first ones weigh the same; from then on the latest counts a tenth.
            double weight = answers < ANSWERS_MIN ? 1.0 / count : LAST;
            return new Ratio(value + weight * (bounded - value), count);
        }
    }

    /**
     * Learns from one answer.
     *
     * @param estimated our count by weights
     * @param reported the provider's, without what it did not show
     */
    public void learn(String model, long estimated, long reported) {
        if (estimated < TOKENS_MIN || reported <= 0) {
            return;
        }
        double seen = (double) reported / estimated;
        ratios.get(model, any -> new Learned()).add(seen);
    }

    /** {@code estimated} corrected; empty while too little is known of the model. */
    OptionalLong apply(String model, long estimated) {
        var learned = ratios.getIfPresent(model);
        if (learned == null) {
            return OptionalLong.empty();
        }
        var known = learned.ratio;
        return known.answers() < ANSWERS_MIN
                ? OptionalLong.empty()
                : OptionalLong.of(Math.round(estimated * known.value()));
    }
}
