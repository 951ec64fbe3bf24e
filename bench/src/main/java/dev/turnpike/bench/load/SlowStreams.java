package dev.turnpike.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Many streams at once on one thread. Each chunk carries the time at which the upstream wrote it
 * ({@value #STAMP} and a value of {@link System#nanoTime}, which on Linux all processes of a
 * machine share), so its delay is known without any agreement on rates.
 */
public final class SlowStreams {
    /** What stands before the time in the text of a chunk; a space follows the time. */
    public static final String STAMP = "stamp=";

    private static final Duration BETWEEN_STARTS = Duration.ofMillis(2);
    private static final Duration STREAM_MAX = Duration.ofSeconds(60);
    private static final byte[] STAMP_BYTES = STAMP.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STATUS_OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER_BYTES = 16 << 10;

    private final RequestBytes request;
    private final Histogram firstEvent = Latencies.empty();
    private final Histogram delay = Latencies.empty();
    private int open;
    private long answered;
    private long failed;

    private SlowStreams(LoadJob job, Variants variants) {
        request = RequestBytes.of(job, variants, 0);
    }

    private static final class Line {
        final SocketChannel channel;
        final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        final long sentAt = System.nanoTime();
        boolean begun;

        Line(SocketChannel channel) {
            this.channel = channel;
        }
    }

    static LoadFigures run(LoadJob job) throws IOException {
        var variants = Variants.of(job);
        var channels = new SocketChannel[job.connections()];
        try (var selector = Selector.open()) {
            return new SlowStreams(job, variants).run(job, selector, channels);
        } finally {
            for (var channel : channels) {
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    private LoadFigures run(LoadJob job, Selector selector, SocketChannel[] channels)
            throws IOException {
        long begin = System.nanoTime();
        int started = 0;
        while (started < channels.length || open > 0) {
            long now = System.nanoTime();
            if (now - begin > STREAM_MAX.toNanos()) {
                failed += open;
                break;
            }
            if (started < channels.length && now - begin >= started * BETWEEN_STARTS.toNanos()) {
                channels[started] = Sockets.open(job.port());
                start(selector, channels[started]);
                started++;
            }
            var unused = selector.select(this::readable, BETWEEN_STARTS.toMillis());
        }
        double seconds = (double) (System.nanoTime() - begin) / 1e9;
        return new LoadFigures(
                answered,
                failed,
                (double) answered / seconds,
                LoadFigures.Spread.of(firstEvent),
                LoadFigures.UNTOLD,
                LoadFigures.UNTOLD,
                LoadFigures.Spread.of(delay));
    }

    private void start(Selector selector, SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        var line = new Line(channel);
        var unused = channel.register(selector, SelectionKey.OP_READ, line);
        Sockets.write(channel, request.next());
        open++;
    }

    private void readable(SelectionKey key) {
        var line = (Line) key.attachment();
        boolean over;
        try {
            over = read(line);
            answered += over ? 1 : 0;
        } catch (IOException gone) {
            failed++;
            over = true;
        }
        if (over) {
            open--;
            key.cancel();
        }
    }

    /** Returns whether the stream has come to its end. */
    private boolean read(Line line) throws IOException {
        if (line.channel.read(line.buffer) < 0) {
            throw new IOException("closed by the server");
        }
        long now = System.nanoTime();
        var bytes = line.buffer.array();
        int filled = line.buffer.position();
        if (!line.begun) {
            if (filled >= STATUS_OK.length && indexOf(STATUS_OK, bytes, 0, filled) != 0) {
                throw new IOException("refused");
            }
            if (indexOf(EVENT, bytes, 0, filled) < 0) {
                return false;
            }
            line.begun = true;
            Latencies.record(firstEvent, now - line.sentAt);
        }
        int lineEnd = lastLineEnd(bytes, filled);
        for (int at = indexOf(STAMP_BYTES, bytes, 0, lineEnd);
                at >= 0;
                at = indexOf(STAMP_BYTES, bytes, at + 1, lineEnd)) {
            Latencies.record(delay, now - number(bytes, at + STAMP_BYTES.length, lineEnd));
        }
        boolean over = indexOf(DONE, bytes, 0, lineEnd) >= 0;
        line.buffer.flip().position(lineEnd);
        line.buffer.compact();
        return over;
    }

    private static int lastLineEnd(byte[] bytes, int filled) {
        int end = filled;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static long number(byte[] bytes, int from, int to) {
        long value = 0;
        for (int i = from; i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            value = value * 10 + (bytes[i] - '0');
        }
        return value;
    }

    private static int indexOf(byte[] wanted, byte[] bytes, int from, int to) {
        for (int i = from; i <= to - wanted.length; i++) {
            int matched = 0;
            while (matched < wanted.length && bytes[i + matched] == wanted[matched]) {
                matched++;
            }
            if (matched == wanted.length) {
                return i;
            }
        }
        return -1;
    }
}
