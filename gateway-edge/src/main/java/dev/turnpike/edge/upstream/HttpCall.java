package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ResetMidBody;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** The answer on one connection. */
final class HttpCall implements UpstreamCall {
    /** Chunks with this much left are read past the buffer, saving a copy. */
    private static final int DIRECT_BYTES_MIN = 4 * 1024;

    private static final int DRAIN_BYTES_MAX = 64 * 1024;
    private static final long NO_SLICE = Long.MAX_VALUE;

    private final Connection connection;
    private final ConnectionPool pool;
    private final CallTimer timer;
    private final ResponseHeadParser.Head head;
    private final BodyFraming.Kind framing;
    private final ChunkedDecoder chunks = new ChunkedDecoder();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final boolean reusable;
    private long left;
    private boolean handedOut = true; // The head.
    private volatile boolean complete;

    HttpCall(
            Connection connection,
            ConnectionPool pool,
            CallTimer timer,
            ResponseHeadParser.Head head,
            BodyFraming framing,
            boolean sentWhole) {
        this.connection = connection;
        this.pool = pool;
        this.timer = timer;
        this.head = head;
        this.framing = framing.kind();
        this.left = framing.length();
        this.reusable = sentWhole && reusable(head, framing.kind());
        this.complete = framing.kind() == BodyFraming.Kind.LENGTH && left == 0;
    }

    private static boolean reusable(ResponseHeadParser.Head head, BodyFraming.Kind framing) {
        if (framing == BodyFraming.Kind.UNTIL_CLOSE || head.http10()) {
            return false;
        }
        var headers = head.headers();
        int line = headers.indexOf("connection", 0);
        return line < 0
                || (headers.valueIs(line, "keep-alive")
                        && headers.indexOf("connection", line + 1) < 0);
    }

    @Override
    public int status() {
        return head.status();
    }

    @Override
    public ResponseHeaders headers() {
        return head.headers();
    }

    @Override
    public long bytesLeft() {
        return framing == BodyFraming.Kind.LENGTH ? left : -1;
    }

    @Override
    public boolean bodyComplete() {
        return complete;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws UpstreamFaultException {
        return read(buffer, offset, length, NO_SLICE);
    }

    @Override
    public int read(byte[] buffer, int offset, int length, Duration slice)
            throws UpstreamFaultException {
        return read(buffer, offset, length, Math.max(1, slice.toNanos()));
    }

    private int read(byte[] buffer, int offset, int length, long sliceNanos)
            throws UpstreamFaultException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            throw new IllegalArgumentException("no room to read into");
        }
        if (complete) {
            return -1;
        }
        if (closed.get()) {
            throw new UpstreamFaultException(new Cancelled());
        }
        int count = buffered(buffer, offset, length);
        if (count == 0) {
            count = complete ? -1 : awaited(buffer, offset, length, sliceNanos);
        }
        handedOut |= count > 0;
        return count;
    }

    /** Reads when nothing is in the connection's buffer. */
    private int awaited(byte[] buffer, int offset, int length, long sliceNanos)
            throws UpstreamFaultException {
        if (handedOut) {
            // What the reader did with the last bytes is not the upstream's silence.
            handedOut = false;
            timer.restart();
        }
        long begun = sliceNanos == NO_SLICE ? 0 : timer.now();
        while (true) {
            long wait = NO_SLICE;
            if (sliceNanos != NO_SLICE) {
                wait = sliceNanos - (timer.now() - begun);
                if (wait <= 0) {
                    return SILENT;
                }
            }
            int count = more(buffer, offset, length, wait);
            if (count == 0) {
                count = buffered(buffer, offset, length);
            }
            if (count > 0) {
                return count;
            }
            if (complete) {
                return -1;
            }
        }
    }

    /** Hands out what is in the connection's buffer. */
    private int buffered(byte[] buffer, int offset, int length) throws UpstreamFaultException {
        if (framing == BodyFraming.Kind.CHUNKED) {
            int count = chunks.decode(connection, buffer, offset, length);
            if (chunks.ended()) {
                complete = true;
            }
            return count;
        }
        int count = Math.min(length, connection.buffered());
        if (framing == BodyFraming.Kind.LENGTH) {
            count = (int) Math.min(count, left);
        }
        if (count > 0) {
            System.arraycopy(connection.buffer(), connection.position(), buffer, offset, count);
            connection.skip(count);
            received(count);
        }
        return count;
    }

    /**
     * Reads the socket once: into {@code buffer} where the framing allows it, else into the
     * connection's buffer.
     *
     * @return bytes put into {@code buffer}; 0 when they are in the connection's buffer, or when
     *     nothing came in time
     */
    private int more(byte[] buffer, int offset, int length, long sliceNanos)
            throws UpstreamFaultException {
        int direct = directBytes(length);
        int count;
        try {
            count =
                    sliceNanos == NO_SLICE
                            ? untilDeadline(buffer, offset, direct)
                            : within(
                                    buffer,
                                    offset,
                                    direct,
                                    Math.min(timer.left(Stage.IDLE), sliceNanos));
        } catch (UpstreamFaultException e) {
            throw e;
        } catch (SocketTimeoutException e) {
            if (sliceNanos == NO_SLICE) {
                timer.left(Stage.IDLE);
                throw timer.timedOut(Stage.IDLE);
            }
            return 0;
        } catch (IOException e) {
            throw broken(String.valueOf(e.getMessage()));
        }
        if (count < 0) {
            if (framing != BodyFraming.Kind.UNTIL_CLOSE) {
                throw broken("ended before the body did");
            }
            if (closed.get()) {
                throw new UpstreamFaultException(new Cancelled());
            }
            complete = true;
            return 0;
        }
        timer.restart();
        if (direct == 0) {
            return 0;
        }
        received(count);
        return count;
    }

    private int untilDeadline(byte[] buffer, int offset, int direct) throws IOException {
        long deadline = timer.deadline(Stage.IDLE);
        return direct > 0
                ? connection.read(buffer, offset, direct, deadline, Patience.ENDLESS)
                : connection.fill(deadline, Patience.ENDLESS, 0);
    }

    private int within(byte[] buffer, int offset, int direct, long nanos) throws IOException {
        int millis = CallTimer.millis(nanos);
        return direct > 0
                ? connection.readWithin(buffer, offset, direct, millis)
                : connection.fillWithin(millis, 0);
    }

    private int directBytes(int length) {
        return switch (framing) {
            case LENGTH -> (int) Math.min(length, left);
            case UNTIL_CLOSE -> length;
            case CHUNKED -> {
                boolean worthIt = connection.buffered() == 0 && chunks.left() >= DIRECT_BYTES_MIN;
                yield worthIt ? (int) Math.min(length, chunks.left()) : 0;
            }
        };
    }

    private void received(int count) {
        switch (framing) {
            case LENGTH -> {
                left -= count;
                if (left == 0) {
                    complete = true;
                }
            }
            case CHUNKED -> chunks.consumed(count);
            case UNTIL_CLOSE -> {}
        }
    }

    private UpstreamFaultException broken(String reason) {
        boolean cancelled = closed.get() || Thread.currentThread().isInterrupted();
        return new UpstreamFaultException(cancelled ? new Cancelled() : new ResetMidBody(reason));
    }

    @Override
    public boolean drain(Duration patience) {
        var scrap = new byte[DIRECT_BYTES_MIN];
        long begun = timer.now();
        long patienceNanos = patience.toNanos();
        int dropped = 0;
        try {
            while (!complete && dropped < DRAIN_BYTES_MAX) {
                long left = patienceNanos - (timer.now() - begun);
                if (left <= 0) {
                    break;
                }
                dropped += Math.max(0, read(scrap, 0, scrap.length, left));
            }
        } catch (UpstreamFaultException e) {
            return false; // Then the connection is closed instead of kept; nothing else is lost.
        }
        return complete;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        // Bytes behind the body's end would be taken for the next answer.
        if (complete && reusable && connection.buffered() == 0) {
            pool.give(connection);
        } else {
            connection.abort();
        }
    }
}
