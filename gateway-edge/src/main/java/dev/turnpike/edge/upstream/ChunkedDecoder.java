package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.BadResponse;

/** Takes the chunked transfer coding off, out of a connection's buffer. Never reads the socket. */
final class ChunkedDecoder {
    /** Longest chunk-size line, extensions included, in bytes. */
    static final int SIZE_LINE_BYTES_MAX = 1_024;

    /** All trailer lines together, in bytes. */
    static final int TRAILER_BYTES_MAX = 8 * 1_024;

    private static final int SIZE_DIGITS_MAX = 15;

    private enum Part {
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        END
    }

    private Part part = Part.SIZE;
    private long left;
    private int trailerBytes;

    boolean ended() {
        return part == Part.END;
    }

    /** Bytes of the current chunk not yet handed out. */
    long left() {
        return part == Part.DATA ? left : 0;
    }

    /** Tells that bytes of the current chunk were read past the buffer. */
    void consumed(int bytes) {
        left -= bytes;
        if (left == 0) {
            part = Part.DATA_END;
        }
    }

    /**
     * Copies as much data as is buffered and fits.
     *
     * @return bytes copied; 0 means that more must be buffered first, or that the body has ended
     */
    int decode(Connection connection, byte[] target, int offset, int length)
            throws UpstreamFaultException {
        int copied = 0;
        while (true) {
            switch (part) {
                case SIZE -> {
                    if (!sizeLine(connection)) {
                        return copied;
                    }
                }
                case DATA -> {
                    int count =
                            (int) Math.min(left, Math.min(length - copied, connection.buffered()));
                    if (count == 0) {
                        return copied;
                    }
                    System.arraycopy(
                            connection.buffer(),
                            connection.position(),
                            target,
                            offset + copied,
                            count);
                    connection.skip(count);
                    copied += count;
                    consumed(count);
                }
                case DATA_END -> {
                    if (connection.buffered() < 2) {
                        return copied;
                    }
                    byte[] bytes = connection.buffer();
                    int at = connection.position();
                    if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
                        throw bad("chunk without its line end");
                    }
                    connection.skip(2);
                    part = Part.SIZE;
                }
                case TRAILER -> {
                    if (!trailerLine(connection)) {
                        return copied;
                    }
                }
                case END -> {
                    return copied;
                }
            }
        }
    }

    private boolean sizeLine(Connection connection) throws UpstreamFaultException {
        int end = lineEnd(connection, SIZE_LINE_BYTES_MAX);
        if (end < 0) {
            return false;
        }
        byte[] bytes = connection.buffer();
        int at = connection.position();
        long size = 0;
        int digits = 0;
        while (at < end) {
            int digit = Character.digit((char) (bytes[at] & 0xff), 16);
            if (digit < 0) {
                break;
            }
            size = (size << 4) + digit;
            digits++;
            at++;
        }
        if (digits == 0 || digits > SIZE_DIGITS_MAX || (at < end && bytes[at] != ';')) {
            throw bad("bad chunk size");
        }
        connection.skip(end + 2 - connection.position());
        left = size;
        part = size == 0 ? Part.TRAILER : Part.DATA;
        return true;
    }

    private boolean trailerLine(Connection connection) throws UpstreamFaultException {
        int end = lineEnd(connection, TRAILER_BYTES_MAX);
        if (end < 0) {
            return false;
        }
        int length = end - connection.position();
        trailerBytes += length + 2;
        if (trailerBytes > TRAILER_BYTES_MAX) {
            throw bad("trailers too long");
        }
        if (length > 0 && !HttpText.tokenByte(connection.buffer()[connection.position()])) {
            throw bad("bad trailer line");
        }
        connection.skip(length + 2);
        if (length == 0) {
            part = Part.END;
        }
        return true;
    }

    /** Index of the line's CRLF, or -1 if it has not all arrived. */
    private static int lineEnd(Connection connection, int bytesMax) throws UpstreamFaultException {
        byte[] bytes = connection.buffer();
        int from = connection.position();
        int to = Math.min(connection.limit(), from + bytesMax);
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '\r') {
                if (i + 1 == connection.limit()) {
                    return -1;
                }
                if (bytes[i + 1] != '\n') {
                    throw bad("bare carriage return in the chunked coding");
                }
                return i;
            }
            if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
                throw bad("control character in the chunked coding");
            }
        }
        if (to == from + bytesMax) {
            throw bad("line too long in the chunked coding");
        }
        return -1;
    }

    private static UpstreamFaultException bad(String reason) {
        return new UpstreamFaultException(new BadResponse(reason));
    }
}
