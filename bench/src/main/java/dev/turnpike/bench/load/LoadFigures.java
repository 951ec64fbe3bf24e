package dev.turnpike.bench.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;

/**
 * What one job saw.
 *
 * @param answered whole answers with status 200, also those that came after the job's time
 * @param failed every other end of a request
 * @param perSecond answers per second within the job's time
 * @param latency from when a request was sent (closed loop), or due (open loop), to the last byte;
 *     of a stream to the first event
 * @param latencies all of {@code latency}, as {@link #histogram} reads them; empty where only the
 *     percentiles are told
 * @param latenciesOfSame of {@code latencies} those in turns without variation, as {@link
 *     #histogramOfSame} reads them; empty for a job without turns
 * @param chunkDelay from when the upstream wrote a chunk to when it was read; streams only
 */
public record LoadFigures(
        long answered,
        long failed,
        double perSecond,
        Spread latency,
        String latencies,
        String latenciesOfSame,
        Spread chunkDelay) {
    /** Where only percentiles are told. */
    static final String UNTOLD = "";

    static String told(Histogram latencies) {
        var buffer = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        int length = latencies.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /**
     * Every latency in nanoseconds.
     *
     * @throws IllegalStateException if only percentiles were told
     */
    public Histogram histogram() {
        return read(latencies);
    }

    /**
     * Those of them that are of requests in turns without variation.
     *
     * @throws IllegalStateException if the job had no turns
     */
    public Histogram histogramOfSame() {
        return read(latenciesOfSame);
    }

    private static Histogram read(String told) {
        if (told.equals(UNTOLD)) {
            throw new IllegalStateException("not told");
        }
        var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(told));
        try {
            return Histogram.decodeFromCompressedByteBuffer(bytes, 0);
        } catch (DataFormatException e) {
            throw new IllegalStateException("the latencies cannot be read", e);
        }
    }

    /** Percentiles in nanoseconds. */
    public record Spread(long count, long p50, long p90, long p99, long max) {
        /** Of nothing. */
        public static final Spread NONE = new Spread(0, 0, 0, 0, 0);

        /** Of what was recorded in nanoseconds. */
        public static Spread of(AbstractHistogram histogram) {
            return new Spread(
                    histogram.getTotalCount(),
                    histogram.getValueAtPercentile(50),
                    histogram.getValueAtPercentile(90),
                    histogram.getValueAtPercentile(99),
                    histogram.getMaxValue());
        }
    }
}
