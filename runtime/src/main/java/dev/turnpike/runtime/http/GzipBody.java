package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A body that was packed with gzip (RFC 1952), unpacked as it is read. A few bytes may become very
 * many, so it counts what comes out; and members may be empty, so it counts them, too. The JDK's
 * own reader calls itself once more for each empty one, until the stack is full. One thread.
 */
final class GzipBody extends InputStream {
    /** Members of one body; whoever packs a request makes one. */
    static final int MEMBERS_MAX = 64;

    private static final int BUFFER_BYTES = 8 << 10;
    private static final int HEAD_REST_BYTES = 6;
    private static final int METHOD_DEFLATE = 8;
    private static final int FLAG_SUM = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int FLAGS_RESERVED = 0xe0;

    private final InputStream packed;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 sum = new CRC32();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private int members;
    private boolean within;
    private boolean ended;
    private long left;

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
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        int count = ended ? -1 : unpack(into, offset, length);
        left -= Math.max(0, count);
        if (left < 0) {
            throw ProblemHandler.ofStatus(413).asException();
        }
        return count;
    }

    private int unpack(byte[] into, int offset, int length) throws IOException {
        while (within || begin()) {
            int count = inflate(into, offset, length);
            if (count > 0) {
                sum.update(into, offset, count);
                return count;
            }
            if (inflater.finished()) {
                finish();
            } else if (inflater.needsInput()) {
                require();
                inflater.setInput(buffer, at, end - at);
                at = end;
            } else {
                throw malformed(); // It wants a dictionary, of which gzip has none.
            }
        }
        ended = true;
        return -1;
    }

    private int inflate(byte[] into, int offset, int length) {
        try {
            return inflater.inflate(into, offset, length);
        } catch (DataFormatException e) {
            throw malformed();
        }
    }

    /** Reads the head of the next member; false where the body ends instead. */
    private boolean begin() throws IOException {
        if (members > 0 && at == end && !fill()) {
            return false;
        }
        members++;
        if (members > MEMBERS_MAX || next() != 0x1f || next() != 0x8b || next() != METHOD_DEFLATE) {
            throw malformed();
        }
        int flags = next();
        if ((flags & FLAGS_RESERVED) != 0) {
            throw malformed();
        }
        skip(HEAD_REST_BYTES);
        if ((flags & FLAG_EXTRA) != 0) {
            skip((int) number(2));
        }
        for (int flag : new int[] {FLAG_NAME, FLAG_COMMENT}) {
            while ((flags & flag) != 0 && next() != 0) {}
        }
        if ((flags & FLAG_SUM) != 0) {
            skip(2);
        }
        inflater.reset();
        sum.reset();
        within = true;
        return true;
    }

    /** Checks the tail of a member. */
    private void finish() throws IOException {
        at = end - inflater.getRemaining();
        if (number(4) != sum.getValue()
                || number(4) != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw malformed();
        }
        within = false;
    }

    private long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private int next() throws IOException {
        require();
        return buffer[at++] & 0xff;
    }

    /** There must be more. */
    private void require() throws IOException {
        if (at == end && !fill()) {
            throw malformed();
        }
    }

    private boolean fill() throws IOException {
        int count = packed.read(buffer, 0, buffer.length);
        at = 0;
        end = Math.max(0, count);
        return count > 0;
    }

    private static ProblemException malformed() {
        return Problem.of(
                        ErrorCode.INVALID_REQUEST, "The body is not what its Content-Encoding says")
                .asException();
    }

    @Override
    public void close() throws IOException {
        ended = true;
        inflater.end();
        packed.close();
    }
}
