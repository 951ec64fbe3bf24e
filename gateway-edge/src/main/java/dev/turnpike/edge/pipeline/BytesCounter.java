package dev.turnpike.edge.pipeline;

/** Counts a token for every four bytes of generated text. */
public final class BytesCounter implements OutputCounter {
    private static final int BYTES_PER_TOKEN = 4;

    private long bytes;

    @Override
    public void onText(byte[] json, int from, int to) {
        bytes += to - from;
    }

    @Override
    public long tokens() {
        return (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
    }
}
