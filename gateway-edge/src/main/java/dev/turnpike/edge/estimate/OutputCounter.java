package dev.turnpike.edge.estimate;

import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.OutputMeter;
import java.util.Arrays;

/**
 * Counts what a model generates as it passes: by weights all along, and by vocabulary at the end
 * where the provider has not counted. One answer, one thread.
 */
public final class OutputCounter implements OutputMeter {
    /** Bytes of generated text that are kept to be counted again. */
    static final int KEPT_BYTES_MAX = TokenEstimator.CHARS_MAX;

    private static final int KEPT_BYTES_FIRST = 512;
    private static final byte[] NOTHING = {};

    private final StreamingEstimator weights = new StreamingEstimator();
    private byte[] kept = NOTHING; // Most answers tell their usage, and their text is not kept.
    private int length;
    private boolean whole = true;

    /** Tokens so far, by weights. */
    public long tokens() {
        return weights.tokens();
    }

    @Override
    public void onText(byte[] json, int from, int to) {
        weights.onText(json, from, to);
        int more = to - from;
        if (more > KEPT_BYTES_MAX - length) {
            whole = false;
        }
        if (!whole) {
            return;
        }
        if (length + more > kept.length) {
            kept =
                    Arrays.copyOf(
                            kept,
                            Math.max(Math.max(KEPT_BYTES_FIRST, 2 * kept.length), length + more));
        }
        System.arraycopy(json, from, kept, length, more);
        length += more;
    }

    /**
     * Tokens of all that passed, as exactly as can be told: by the model's own vocabulary where it
     * is known; of other models by the weights, corrected by what the provider said of their other
     * answers, and by the nearest vocabulary before anything was said.
     */
    public long counted(TokenEstimator estimator, String model) {
        if (whole && estimator.knows(model)) {
            return estimator.count(model, JsonText.decode(kept, 0, length));
        }
        var calibrated = estimator.calibration().apply(model, weights.tokens());
        if (calibrated.isPresent()) {
            return calibrated.getAsLong();
        }
        return whole ? estimator.count(model, JsonText.decode(kept, 0, length)) : weights.tokens();
    }
}
