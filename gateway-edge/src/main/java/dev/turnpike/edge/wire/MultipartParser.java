package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import java.io.IOException;
import java.util.Arrays;

/**
 * Takes a {@code multipart/form-data} body apart as it comes. Every byte of it is handed out once
 * and in order, and only after what it belongs to was looked at, so that what this reader has not
 * seen nobody else sees either. What two readers could take for different things is refused. Holds
 * {@link #BUFFER_BYTES}, whatever the length of the body. One thread.
 */
public final class MultipartParser {
    /** Most parts of one body. */
    public static final int PARTS_MAX = 64;

    /** Longest head of a part, in bytes. */
    public static final int PART_HEAD_BYTES_MAX = 8 << 10;

    /** What is held of a body at a time. */
    public static final int BUFFER_BYTES = 32 << 10;

    private static final int LINE_END_BYTES = 2;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private final ByteSource source;
    private final byte[] dashes;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private boolean exhausted;
    private int parts;
    private boolean inValue;

    /** Where the search for the end of a value goes on. */
    private int scanned;

    /** A stretch of the body. Its bytes are valid until the next one is asked for. */
    public sealed interface Piece {
        ByteSlice bytes();
    }

    /** A boundary and the head behind it. */
    record Head(ByteSlice bytes, PartHead part) implements Piece {}

    /** Some of the value of the part; there may be none. */
    record Value(ByteSlice bytes) implements Piece {}

    /** The last boundary; the body ends with it. */
    record End(ByteSlice bytes) implements Piece {}

    public MultipartParser(ByteSource source, MultipartType type) {
        this.source = source;
        this.dashes = type.dashes();
    }

    /**
     * The next stretch.
     *
     * @throws BodyFaultException saying what is wrong with the body
     * @throws IOException if it broke off
     */
    public Piece next() throws BodyFaultException, IOException {
        if (inValue) {
            int end = valueEnd();
            if (end > position) {
                return new Value(taken(end));
            }
        }
        return boundary();
    }

    /** How far the value goes, as far as it is known: to its end, or to what may be its end. */
    private int valueEnd() throws BodyFaultException, IOException {
        while (true) {
            for (int i = scanned; i <= limit - dashes.length; i++) {
                if (buffer[i] == '-' && dashesAt(i) && endsValue(i)) {
                    scanned = i;
                    inValue = i - LINE_END_BYTES > position;
                    return i - LINE_END_BYTES;
                }
            }
            scanned = Math.max(scanned, limit - dashes.length + 1);
            int safe = scanned - LINE_END_BYTES;
            if (safe > position) {
                return safe;
            }
            if (!fill()) {
                throw fault("a part of the body has no end");
            }
        }
    }

    /**
     * Whether a boundary stands at the beginning of a line. Some readers end lines with less than
     * CRLF: they would see a part here where others see a file.
     */
    private boolean endsValue(int at) throws BodyFaultException {
        byte before = at > position ? buffer[at - 1] : (byte) '\n';
        if (before == '\n' && at - LINE_END_BYTES >= position && buffer[at - 2] == '\r') {
            return true;
        }
        if (before == '\n' || before == '\r') {
            throw fault("a boundary stands where none is allowed");
        }
        return false;
    }

    /** The position is at the line end in front of a boundary, or at the very first boundary. */
    private Piece boundary() throws BodyFaultException, IOException {
        int behind = (parts == 0 ? 0 : LINE_END_BYTES) + dashes.length;
        require(behind + LINE_END_BYTES);
        if (!dashesAt(position + behind - dashes.length)) {
            throw fault("the body does not begin with its boundary");
        }
        int at = position + behind;
        if (parts > 0 && buffer[at] == '-' && buffer[at + 1] == '-') {
            return end(behind + LINE_END_BYTES);
        }
        if (buffer[at] != '\r' || buffer[at + 1] != '\n') {
            throw fault("a boundary of the body is malformed");
        }
        return head(behind);
    }

    private Piece head(int behind) throws BodyFaultException, IOException {
        if (parts == PARTS_MAX) {
            throw fault("the body has more than " + PARTS_MAX + " parts");
        }
        parts++;
        int length = headLength(behind);
        int from = position + behind + LINE_END_BYTES;
        var part = PartHead.parse(buffer, from, Math.max(from, position + length));
        inValue = true;
        var bytes = taken(position + length + HEAD_END.length);
        scanned = position;
        return new Head(bytes, part);
    }

    /** Bytes from the position to the empty line. */
    private int headLength(int behind) throws BodyFaultException, IOException {
        for (int at = behind; at <= behind + PART_HEAD_BYTES_MAX; at++) {
            require(at + HEAD_END.length);
            int from = position + at;
            if (Arrays.equals(buffer, from, from + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
                return at;
            }
        }
        throw fault("the head of a part is longer than " + PART_HEAD_BYTES_MAX + " bytes");
    }

    /** Behind the last boundary there is nothing but a line end. */
    private Piece end(int length) throws BodyFaultException, IOException {
        while (limit - position <= length + LINE_END_BYTES && fill()) {}
        int rest = limit - position - length;
        boolean line =
                rest == LINE_END_BYTES
                        && buffer[position + length] == '\r'
                        && buffer[position + length + 1] == '\n';
        if (rest != 0 && !line) {
            throw fault("something stands behind the end of the body's parts");
        }
        return new End(taken(limit));
    }

    private ByteSlice taken(int to) {
        var slice = new ByteSlice(buffer, position, to - position);
        position = to;
        return slice;
    }

    private void require(int bytes) throws BodyFaultException, IOException {
        while (limit - position < bytes) {
            if (!fill()) {
                throw fault("the body ends before its last boundary");
            }
        }
    }

    /** Reads more behind what is there; false at the end of the body. */
    private boolean fill() throws IOException {
        if (exhausted) {
            return false;
        }
        if (limit == buffer.length) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            scanned -= position;
            limit -= position;
            position = 0;
        }
        int count = source.read(buffer, limit, buffer.length - limit);
        exhausted = count < 0;
        limit += Math.max(0, count);
        return !exhausted;
    }

    private boolean dashesAt(int at) {
        return Arrays.equals(buffer, at, at + dashes.length, dashes, 0, dashes.length);
    }

    private static BodyFaultException fault(String message) {
        return new BodyFaultException(Reason.INVALID_REQUEST, null, message);
    }
}
