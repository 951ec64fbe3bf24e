package dev.turnpike.runtime.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import java.util.regex.Pattern;

/**
 * The bytes of one HTTP/1.1 connection. The server reads the lines between chunks without a bound
 * and skips what ends a chunk without looking at it; this refuses whatever is no chunk, and from
 * then on lets nothing more be read, so that no later byte is taken for a request. Nor is one
 * behind a reply that closes the connection. Used by the connection's thread only.
 */
final class StrictReader extends DataReader {
    /** Longest chunk size, in hex digits; seven of them are 256 MiB. */
    static final int SIZE_DIGITS_MAX = 7;

    /** What is handed out of a chunk at once; a client may call everything one chunk. */
    static final int SLICE_BYTES_MAX = 64 << 10;

    private static final int LINE_END_BYTES = 2;
    private static final Pattern SIZE = Pattern.compile("[0-9A-Fa-f]{1," + SIZE_DIGITS_MAX + "}");
    private static final Pattern ZERO = Pattern.compile("0+");

    private final ClientConnection connection;
    private int chunkBytes;
    private int chunkLeft;
    private boolean lineEndDue;
    private boolean lastChunk;
    private boolean broken;

    /** What a client sent where a chunk was due. */
    static final class NoChunkException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoChunkException() {
            super("no chunk", null, false, false);
        }
    }

    /**
     * @param connection read from here on by nobody else
     */
    @SuppressWarnings("removal") // The factory methods make no subclass.
    StrictReader(ClientConnection connection) {
        super(connection::read);
        this.connection = connection;
    }

    /**
     * The size of the next chunk, or the empty line behind the last one: nothing else has lines.
     */
    @Override
    public String readLine() {
        if (chunkLeft > 0) {
            return slice(); // The server believes that it reads the size of another chunk.
        }
        int end = lineEnd();
        var line = end > SIZE_DIGITS_MAX ? "" : readAsciiString(end);
        boolean fits = lastChunk ? end == 0 : SIZE.matcher(line).matches();
        if (!fits) {
            throw noChunk();
        }
        lastChunk = ZERO.matcher(line).matches();
        chunkLeft = line.isEmpty() ? 0 : Integer.parseInt(line, 16);
        super.skip(LINE_END_BYTES);
        return chunkLeft > SLICE_BYTES_MAX ? slice() : whole(line);
    }

    private String whole(String line) {
        chunkBytes = chunkLeft;
        chunkLeft = 0;
        return line;
    }

    /** A large chunk is never in memory whole: it is handed out as several. */
    private String slice() {
        chunkBytes = Math.min(chunkLeft, SLICE_BYTES_MAX);
        chunkLeft -= chunkBytes;
        return Integer.toHexString(chunkBytes);
    }

    private int lineEnd() {
        if (broken) {
            throw noChunk();
        }
        try {
            return super.findNewLine(SIZE_DIGITS_MAX + 1);
        } catch (IncorrectNewLineException e) {
            throw noChunk();
        }
    }

    @Override
    public int findNewLine(int max) {
        if (broken) {
            throw new CloseConnectionException("the request before was no request");
        }
        if (connection.over()) {
            throw new CloseConnectionException("as the reply said");
        }
        if (connection.awaitsRequest(available())) {
            skipEmptyLine();
        }
        return super.findNewLine(max);
    }

    /** Some clients end a body with a line end that is no part of it; one is overlooked. */
    private void skipEmptyLine() {
        if (startsWithNewLine()) {
            super.skip(LINE_END_BYTES);
            if (available() == 0) {
                connection.idles();
            }
        }
    }

    @Override
    public BufferData readBuffer(int length) {
        boolean chunk = chunkBytes > 0 && length == chunkBytes;
        var bytes = super.readBuffer(length);
        if (chunk) {
            chunkBytes = 0;
            lineEndDue = true;
        }
        return bytes;
    }

    /** What is skipped behind a chunk must be the end of its line. */
    @Override
    public void skip(int bytes) {
        if (lineEndDue && bytes == LINE_END_BYTES) {
            lineEndDue = false;
            if (chunkLeft > 0) {
                return; // Between two slices there is none.
            }
            if (!startsWithNewLine()) {
                throw noChunk();
            }
        }
        super.skip(bytes);
    }

    private RuntimeException noChunk() {
        if (broken) {
            return new CloseConnectionException("the request before was no request");
        }
        broken = true;
        return new NoChunkException();
    }
}
