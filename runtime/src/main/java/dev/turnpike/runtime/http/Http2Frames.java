package dev.turnpike.runtime.http;

import io.helidon.common.buffers.DataReader;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The reading side of one HTTP/2 connection. The server notes that a client has reset a stream, or
 * closed the connection, but tells no handler; so the frames are looked at as they pass. Its
 * connection's thread reads, any thread asks.
 */
final class Http2Frames implements SeenPeer.Seen {
    private static final int PREFACE_BYTES = 24;
    private static final int HEAD_BYTES = 9;
    private static final int TYPE_AT = 3;
    private static final int STREAM_AT = 5;
    private static final int RST_STREAM = 3;

    /** Resets remembered; the server allows far fewer streams at once. */
    private static final int RESETS_MAX = 1_024;

    private final DataReader bytes;
    private final byte[] head = new byte[HEAD_BYTES];
    private final Set<Integer> resets = new LinkedHashSet<>();
    private int headBytes;
    private int skipped = PREFACE_BYTES;
    private volatile boolean ended;

    /**
     * @param bytes read by nobody else
     */
    Http2Frames(DataReader bytes) {
        this.bytes = bytes;
    }

    /** A reader that goes through here. */
    DataReader reader() {
        return DataReader.create(this::read);
    }

    private byte[] read() {
        boolean more = false;
        try {
            bytes.ensureAvailable();
            more = true;
        } finally {
            ended |= !more;
        }
        var come = bytes.readBytes(bytes.available());
        look(come);
        return come;
    }

    /** Takes note of what passes; only the heads of frames, and of these only resets, matter. */
    void look(byte[] come) {
        int at = 0;
        while (at < come.length) {
            if (skipped > 0) {
                int count = Math.min(skipped, come.length - at);
                skipped -= count;
                at += count;
            } else {
                head[headBytes++] = come[at++];
                if (headBytes == HEAD_BYTES) {
                    headBytes = 0;
                    frame();
                }
            }
        }
    }

    private void frame() {
        skipped = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        if (head[TYPE_AT] == RST_STREAM) {
            reset(
                    (head[STREAM_AT] & 0x7f) << 24
                            | (head[STREAM_AT + 1] & 0xff) << 16
                            | (head[STREAM_AT + 2] & 0xff) << 8
                            | (head[STREAM_AT + 3] & 0xff));
        }
    }

    private synchronized void reset(int stream) {
        if (resets.size() == RESETS_MAX) {
            resets.remove(resets.iterator().next());
        }
        resets.add(stream);
    }

    /** Whether the client still waits for the answer on that stream. */
    boolean present(int stream) {
        if (ended) {
            return false;
        }
        synchronized (this) {
            return !resets.contains(stream);
        }
    }
}
