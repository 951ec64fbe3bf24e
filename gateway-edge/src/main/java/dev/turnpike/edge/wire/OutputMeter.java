package dev.turnpike.edge.wire;

/**
 * Told of every piece of text a model produced, as it passes, so that usage can be estimated when
 * the upstream reports none. Called on the relaying thread; must not keep the array.
 */
@FunctionalInterface
public interface OutputMeter {
    /** Counts nothing. */
    OutputMeter NONE = (json, from, to) -> {};

    /**
     * A piece of generated text (content, reasoning, refusal, tool names and arguments).
     *
     * @param json holds the inside of a JSON string, escapes included; decode it with {@link
     *     JsonText#decode} where needed
     * @param from first byte inside the quotes
     * @param to one past the last byte inside the quotes
     */
    void onText(byte[] json, int from, int to);
}
