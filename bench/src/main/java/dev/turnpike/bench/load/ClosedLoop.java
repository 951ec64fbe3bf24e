package dev.turnpike.bench.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;

/**
 * A fixed number of connections, each asking again as soon as it was answered, on one thread. Used
 * for what a server can do at most; its latencies say little, because a slow server is asked less.
 */
final class ClosedLoop {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(10);
    private static final long SELECT_MILLIS = 100;

    private final RequestBytes request;
    private final Histogram latency = Latencies.empty();
    private final long begin;
    private final long end;
    private int running;
    private long inTime;
    private long answered;
    private long failed;

    private ClosedLoop(LoadJob job, Variants variants, RandomGenerator random) {
        request = RequestBytes.of(job, variants, random.nextLong());
        begin = System.nanoTime();
        end = begin + Duration.ofMillis(job.millis()).toNanos();
    }

    /** One connection; always has one request on its way while it runs. */
    private static final class Line {
        final SocketChannel channel;
        final ReplyReader reader;
        long sentAt;

        Line(SocketChannel channel) {
            this.channel = channel;
            this.reader = new ReplyReader(channel);
        }
    }

    static LoadFigures run(LoadJob job, Variants variants, RandomGenerator random)
            throws IOException {
        try (var selector = Selector.open()) {
            var channels = new SocketChannel[job.connections()];
            try {
                for (int i = 0; i < channels.length; i++) {
                    channels[i] = Sockets.open(job.port());
                    channels[i].configureBlocking(false);
                }
                return new ClosedLoop(job, variants, random).run(selector, channels);
            } finally {
                for (var channel : channels) {
                    if (channel != null) {
                        channel.close();
                    }
                }
            }
        }
    }

    private LoadFigures run(Selector selector, SocketChannel[] channels) throws IOException {
        for (var channel : channels) {
            var line = new Line(channel);
            var unused = channel.register(selector, SelectionKey.OP_READ, line);
            running++;
            ask(line, System.nanoTime());
        }
        long patience = end + LAST_ANSWERS.toNanos();
        while (running > 0 && System.nanoTime() - patience < 0) {
            var unused = selector.select(this::readable, SELECT_MILLIS);
        }
        failed += running;
        double seconds = (double) (end - begin) / 1e9;
        return new LoadFigures(
                answered,
                failed,
                (double) inTime / seconds,
                LoadFigures.Spread.of(latency),
                LoadFigures.UNTOLD,
                LoadFigures.UNTOLD,
                LoadFigures.Spread.NONE);
    }

    private void readable(SelectionKey key) {
        var line = (Line) key.attachment();
        try {
            if (!line.reader.read()) {
                return;
            }
            long now = System.nanoTime();
            if (line.reader.ok()) {
                answered++;
                inTime += now - end < 0 ? 1 : 0;
                Latencies.record(latency, now - line.sentAt);
            } else {
                failed++;
            }
            if (now - end < 0) {
                ask(line, now);
                return;
            }
        } catch (IOException gone) {
            failed++;
        }
        running--;
        key.cancel();
    }

    private void ask(Line line, long now) throws IOException {
        line.sentAt = now;
        Sockets.write(line.channel, request.next());
    }
}
