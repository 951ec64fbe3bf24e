package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.BadResponse;
import java.util.Arrays;

/**
 * Parses one response head, strictly: what a lenient parser would repair is how responses get
 * smuggled, so a bare line feed, a folded line or a stray control character is refused.
 */
final class ResponseHeadParser {
    private static final int STATUS_LINE_BYTES_MIN = 12; // "HTTP/1.1 200"
    private static final int RANGES = 4;
    private static final int LINES_FIRST = 8;
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/', '1', '.'};

    private final byte[] head;
    private final int headersMax;
    private int at;
    private int status;
    private boolean http10;
    private int[] ranges = new int[LINES_FIRST * RANGES];
    private int count;

    private ResponseHeadParser(byte[] head, int headersMax) {
        this.head = head;
        this.headersMax = headersMax;
    }

    /**
     * @param status 100..599
     * @param http10 whether the upstream speaks HTTP/1.0
     */
    record Head(int status, boolean http10, ResponseHeaders headers) {}

    /**
     * @param bytes holds a head from {@code from} to {@code to}, its empty line included
     */
    static Head parse(byte[] bytes, int from, int to, int headersMax)
            throws UpstreamFaultException {
        var parser = new ResponseHeadParser(Arrays.copyOfRange(bytes, from, to), headersMax);
        parser.statusLine();
        parser.lines();
        return new Head(
                parser.status,
                parser.http10,
                new ResponseHeaders(parser.head, parser.ranges, parser.count));
    }

    /** Where the head that begins at {@code from} ends (after its empty line), or -1 if not yet. */
    static int end(byte[] bytes, int from, int scanFrom, int to) {
        int i = Math.max(from, scanFrom - 3) + 3;
        while (i < to) {
            byte last = bytes[i];
            if (last > '\r') {
                i += 4; // It is none of the four, so they end behind the next three.
            } else if (last == '\n'
                    && bytes[i - 1] == '\r'
                    && bytes[i - 2] == '\n'
                    && bytes[i - 3] == '\r') {
                return i + 1;
            } else {
                i++;
            }
        }
        return -1;
    }

    private void statusLine() throws UpstreamFaultException {
        if (head.length < STATUS_LINE_BYTES_MIN || !Arrays.equals(head, 0, 7, VERSION, 0, 7)) {
            throw bad("not an HTTP/1 response");
        }
        http10 = head[7] == '0';
        if ((!http10 && head[7] != '1') || head[8] != ' ') {
            throw bad("not an HTTP/1 response");
        }
        for (int i = 9; i < 12; i++) {
            int digit = head[i] - '0';
            if (digit < 0 || digit > 9) {
                throw bad("bad status code");
            }
            status = status * 10 + digit;
        }
        if (status < 100 || status > 599 || (head[12] != ' ' && head[12] != '\r')) {
            throw bad("bad status code");
        }
        at = lineEnd(12) + 2;
    }

    private void lines() throws UpstreamFaultException {
        while (head[at] != '\r') {
            int end = lineEnd(at);
            if (count == headersMax) {
                throw bad("too many header lines");
            }
            line(at, end);
            at = end + 2;
        }
        if (at + 2 != head.length) {
            throw bad("bad header line");
        }
    }

    private void line(int from, int end) throws UpstreamFaultException {
        int colon = from;
        while (colon < end && HttpText.tokenByte(head[colon])) {
            colon++;
        }
        if (colon == from || colon == end || head[colon] != ':') {
            throw bad("bad header line"); // Also refuses folded lines: they begin with a space.
        }
        int valueFrom = colon + 1;
        int valueTo = end;
        while (valueFrom < valueTo && blank(head[valueFrom])) {
            valueFrom++;
        }
        while (valueTo > valueFrom && blank(head[valueTo - 1])) {
            valueTo--;
        }
        if (ranges.length == count * RANGES) {
            ranges = Arrays.copyOf(ranges, 2 * ranges.length);
        }
        int row = count++ * RANGES;
        ranges[row] = from;
        ranges[row + 1] = colon;
        ranges[row + 2] = valueFrom;
        ranges[row + 3] = valueTo;
    }

    /** Index of the CRLF that ends the line; refuses control characters on the way. */
    private int lineEnd(int from) throws UpstreamFaultException {
        for (int i = from; i < head.length; i++) {
            byte b = head[i];
            if (b == '\r' && i + 1 < head.length && head[i + 1] == '\n') {
                return i;
            }
            if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
                throw bad("control character in the head");
            }
        }
        throw bad("head without an end");
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static UpstreamFaultException bad(String reason) {
        return new UpstreamFaultException(new BadResponse(reason));
    }
}
