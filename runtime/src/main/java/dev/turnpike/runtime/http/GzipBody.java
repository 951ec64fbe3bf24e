package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A body that was packed with gzip, unpacked as it is read. A few bytes may become very many, so it
 * counts what comes out. One thread.
 */
final class GzipBody extends InputStream {
    private static final int BUFFER_BYTES = 8 << 10;

    private final InputStream packed;
    private @Nullable GZIPInputStream opened;
    private long left;
    private boolean ended;

    /**
     * @param bytesMax longest body, unpacked
     */
    GzipBody(InputStream packed, long bytesMax) {
        this.packed = packed;
        this.left = bytesMax;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        int count = ended ? -1 : unpack(buffer, offset, length);
        left -= Math.max(0, count);
        if (left < 0) {
            throw ProblemHandler.ofStatus(413).asException();
        }
        return count;
    }

    private int unpack(byte[] buffer, int offset, int length) throws IOException {
        try {
            if (opened == null) {
                opened = new GZIPInputStream(packed, BUFFER_BYTES);
            }
            int count = opened.read(buffer, offset, length);
            if (count < 0) {
                ended = true;
                if (packed.read() >= 0) {
                    throw malformed();
                }
            }
            return count;
        } catch (ZipException | EOFException e) {
            throw malformed();
        }
    }

    private static ProblemException malformed() {
        return Problem.of(
                        ErrorCode.INVALID_REQUEST, "The body is not what its Content-Encoding says")
                .asException();
    }

    @Override
    public void close() throws IOException {
        if (opened == null) {
            packed.close();
        } else {
            opened.close();
        }
    }
}
