package dev.turnpike.bench.load;

import dev.turnpike.runtime.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The load generator's process: a {@link LoadJob} as a line of JSON on standard input, its {@link
 * LoadFigures} as a line on standard output, until the input ends. It stays for all jobs, so that
 * its own compiler has done its work before a figure counts.
 */
public final class LoadMain {
    private static final long SEED = 20_261_121;

    private LoadMain() {}

    public static void main(String[] args) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var files = new VariantFiles();
        var seeds = new SplittableRandom(SEED);
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            var job = Json.parse(line.getBytes(StandardCharsets.UTF_8), LoadJob.class);
            var figures =
                    switch (job.kind()) {
                        case CLOSED -> ClosedLoop.run(job, files.of(job), seeds);
                        case OPEN -> OpenLoop.run(job, files.of(job), seeds);
                        case STREAMS -> SlowStreams.run(job);
                    };
            System.out.println(new String(Json.bytes(figures), StandardCharsets.UTF_8));
        }
    }
}
