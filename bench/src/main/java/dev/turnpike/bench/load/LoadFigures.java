package dev.turnpike.bench.load;

import org.HdrHistogram.AbstractHistogram;

/**
 * What one job saw.
 *
 * @param answered whole answers with status 200, also those that came after the job's time
 * @param failed every other end of a request
 * @param perSecond answers per second within the job's time
 * @param latency from when a request was sent (closed loop), or due (open loop), to the last byte;
 *     of a stream to the first event
 * @param chunkDelay from when the upstream wrote a chunk to when it was read; streams only
 */
public record LoadFigures(
        long answered, long failed, double perSecond, Spread latency, Spread chunkDelay) {
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
