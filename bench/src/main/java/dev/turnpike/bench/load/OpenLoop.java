package dev.turnpike.bench.load;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;

/**
 * Requests that are due at fixed times, spread over connections with a thread each. A latency runs
 * from when its request was due, not from when it could be sent, so a server that stalls is charged
 * for everything that had to wait (no coordinated omission).
 */
final class OpenLoop {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(10);

    private OpenLoop() {}

    static LoadFigures run(LoadJob job, Variants variants, RandomGenerator random)
            throws IOException {
        var lines = new ArrayList<Line>();
        try {
            for (int i = 0; i < job.connections(); i++) {
                var request = RequestBytes.of(job, variants, random.nextLong());
                lines.add(new Line(request, Sockets.open(job.port())));
            }
            return run(job, Turns.of(job, random), lines);
        } finally {
            for (var line : lines) {
                line.channel.close();
            }
        }
    }

    private static LoadFigures run(LoadJob job, Turns turns, ArrayList<Line> lines) {
        long begin = System.nanoTime() + 1_000_000;
        long end = begin + Duration.ofMillis(job.millis()).toNanos();
        double gap = 1e9 / (double) job.rate();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            double first = (double) i * gap;
            double step = gap * (double) lines.size();
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("load-" + i)
                            .start(() -> line.run(begin, end, first, step, turns)));
        }
        join(threads, end + LAST_ANSWERS.toNanos());
        var latency = Latencies.empty();
        var ofSame = Latencies.empty();
        long failed = 0;
        long inTime = 0;
        for (var line : lines) {
            latency.add(line.latency);
            latency.add(line.latencyOfSame);
            ofSame.add(line.latencyOfSame);
            failed += line.failed;
            inTime += line.inTime;
        }
        double seconds = (double) (end - begin) / 1e9;
        return new LoadFigures(
                latency.getTotalCount(),
                failed,
                (double) inTime / seconds,
                LoadFigures.Spread.of(latency),
                LoadFigures.told(latency),
                turns.areTaken() ? LoadFigures.told(ofSame) : LoadFigures.UNTOLD,
                LoadFigures.Spread.NONE);
    }

    private static void join(ArrayList<Thread> threads, long deadline) {
        try {
            for (var thread : threads) {
                long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
                if (!thread.join(Duration.ofMillis(left))) {
                    throw new IllegalStateException("no answer within " + LAST_ANSWERS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** One connection and its thread; its figures are read after the thread has ended. */
    private static final class Line {
        final SocketChannel channel;
        final Histogram latency = Latencies.empty();
        final Histogram latencyOfSame = Latencies.empty();
        long failed;
        long inTime;
        private final RequestBytes request;

        Line(RequestBytes request, SocketChannel channel) {
            this.request = request;
            this.channel = channel;
        }

        void run(long begin, long end, double first, double step, Turns turns) {
            var reader = new ReplyReader(channel);
            for (long n = 0; ; n++) {
                long due = begin + (long) (first + step * (double) n);
                if (due - end >= 0) {
                    return;
                }
                for (long wait = due - System.nanoTime();
                        wait > 0;
                        wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                boolean same = turns.isSame(due - begin);
                try {
                    Sockets.write(channel, same ? request.same() : request.next());
                    while (!reader.read()) {
                        // The rest of the reply is on its way.
                    }
                } catch (IOException gone) {
                    failed++;
                    return;
                }
                long now = System.nanoTime();
                if (reader.ok()) {
                    Latencies.record(same ? latencyOfSame : latency, now - due);
                    inTime += now - end < 0 ? 1 : 0;
                } else {
                    failed++;
                }
            }
        }
    }
}
