package dev.turnpike.edge.demo;

import dev.turnpike.edge.upstream.ResponseHeaders;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.ByteSlice;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An answer of the demo model, paced like a model that speaks. */
public final class DemoCall implements UpstreamCall {
    private static final Duration PACE = Duration.ofMillis(15);

    private final ResponseHeaders headers;
    private final List<byte[]> pieces;
    private final int status;
    private final CountDownLatch closed = new CountDownLatch(1);
    private int piece;
    private int offset;

    private DemoCall(DemoModel.Answer answer) {
        this.headers = ResponseHeaders.of("content-type", answer.contentType());
        this.pieces = answer.pieces();
        this.status = answer.status();
    }

    /**
     * @param path of OpenAI's API, behind {@code /v1}
     * @param body a request of that path
     * @param id makes the {@code id} of the answer
     */
    public static DemoCall open(DemoModel model, String path, UpstreamBody body, String id) {
        // It answers no route whose body is anything else.
        List<ByteSlice> slices = body instanceof UpstreamBody.Slices(var all) ? all : List.of();
        return new DemoCall(model.answer(path, slices, id));
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public ResponseHeaders headers() {
        return headers;
    }

    @Override
    public int read(byte[] buffer, int at, int length) throws UpstreamFaultException {
        if (piece == pieces.size()) {
            return -1;
        }
        if (offset == 0 && piece > 0) {
            pause();
        }
        var current = pieces.get(piece);
        int count = Math.min(length, current.length - offset);
        System.arraycopy(current, offset, buffer, at, count);
        offset += count;
        if (offset == current.length) {
            piece++;
            offset = 0;
        }
        return count;
    }

    @Override
    public int read(byte[] buffer, int at, int length, Duration slice)
            throws UpstreamFaultException {
        return read(buffer, at, length);
    }

    @Override
    public boolean bodyComplete() {
        return piece == pieces.size();
    }

    @Override
    public boolean drain(Duration patience) {
        return bodyComplete();
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void pause() throws UpstreamFaultException {
        try {
            if (closed.await(PACE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new UpstreamFaultException(new UpstreamFault.Cancelled());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamFaultException(new UpstreamFault.Cancelled());
        }
    }
}
