package dev.turnpike.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** The request of a job, ready to write; the same bytes but for what varies. One thread. */
final class RequestBytes {
    private final ByteBuffer request;
    private final Variants variants;
    private final int variedAt;
    private final byte[] varied;
    private final SplittableRandom random;

    private RequestBytes(
            ByteBuffer request, Variants variants, int variedAt, byte[] varied, long seed) {
        this.request = request;
        this.variants = variants;
        this.variedAt = variedAt;
        this.varied = varied;
        this.random = new SplittableRandom(seed);
    }

    /**
     * @param seed of the order of variants; one for each connection of each job, or the same few
     *     are asked for again and again, and found remembered
     */
    static RequestBytes of(LoadJob job, Variants variants, long seed) {
        var begin =
                """
                POST %s HTTP/1.1\r
                host: 127.0.0.1:%d\r
                authorization: Bearer \
                """
                        .formatted(job.path(), job.port());
        var rest =
                """
                %s\r
                content-type: application/json\r
                accept: %s\r
                content-length: %d\r
                \r
                """
                        .formatted(
                                job.key(),
                                job.streams() ? "text/event-stream" : "application/json",
                                job.body().length());
        var bytes = (begin + rest + job.body()).getBytes(StandardCharsets.US_ASCII);
        var buffer = ByteBuffer.allocateDirect(bytes.length);
        var text = job.variation().text();
        int variedAt = (begin + rest).indexOf(text);
        var varied = text.getBytes(StandardCharsets.US_ASCII);
        return new RequestBytes(buffer.put(bytes).flip(), variants, variedAt, varied, seed);
    }

    /** The next request; valid until the next call. */
    ByteBuffer next() {
        if (!variants.isEmpty()) {
            variants.put(random.nextInt(variants.count()), request, variedAt);
        }
        return request;
    }

    /** A request without variation; valid until the next call. */
    ByteBuffer same() {
        request.put(variedAt, varied);
        return request;
    }
}
