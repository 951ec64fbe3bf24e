package dev.turnpike.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Reads whole replies that say their length, one after the other, into one buffer: nothing is
 * allocated for a reply. One thread.
 */
final class ReplyReader {
    private static final int BYTES_MAX = 32 << 10;
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final SocketChannel channel;
    private final byte[] bytes = new byte[BYTES_MAX];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
    private int expected = -1;

    ReplyReader(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Reads what is there.
     *
     * @return whether a reply is whole; then {@link #ok} answers and the next read is of the next
     * @throws IOException if the peer closed, or sent what is no such reply
     */
    boolean read() throws IOException {
        if (expected == 0) {
            buffer.clear();
            expected = -1;
        }
        if (channel.read(buffer) < 0) {
            throw new IOException("closed by the server");
        }
        if (expected < 0) {
            expected = wholeLength();
        }
        if (expected > 0 && buffer.position() >= expected) {
            expected = 0;
            return true;
        }
        if (!buffer.hasRemaining()) {
            throw new IOException("reply larger than " + BYTES_MAX);
        }
        return false;
    }

    /** Whether the status was 200. */
    boolean ok() {
        return bytes[STATUS_AT] == '2'
                && bytes[STATUS_AT + 1] == '0'
                && bytes[STATUS_AT + 2] == '0';
    }

    /** Length of head and body, -1 while the head is not whole. */
    private int wholeLength() throws IOException {
        int end = buffer.position();
        int length = -1;
        for (int i = 0; i + 3 < end; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            if (bytes[i + 1] == '\r' && bytes[i + 2] == '\n') {
                if (length < 0) {
                    throw new IOException("reply without content-length");
                }
                return i + 3 + length;
            }
            if (isLength(i + 1, end)) {
                length = number(i + 1 + LENGTH.length, end);
            }
        }
        return -1;
    }

    private boolean isLength(int from, int end) {
        if (from + LENGTH.length >= end) {
            return false;
        }
        for (int i = 0; i < LENGTH.length; i++) {
            if ((bytes[from + i] | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private int number(int from, int end) {
        int value = 0;
        for (int i = from; i < end && bytes[i] != '\r'; i++) {
            value = bytes[i] == ' ' ? value : value * 10 + (bytes[i] - '0');
        }
        return value;
    }
}
