package dev.turnpike.edge.wire;

import java.util.Arrays;

/**
 * Reads server-sent events out of bytes as they arrive, however they are cut. Bytes are received
 * straight into this reader's buffer, and an event's data is a range of that buffer; only data of
 * several lines is copied. Lines end with CR, LF or CRLF and with nothing else.
 *
 * <p>Use: read into {@link #array} from {@link #offset} up to {@link #room} bytes, tell {@link
 * #received}, then take events while {@link #next}; ranges are valid until the next {@link #room}.
 * One thread.
 */
public final class SseReader {
    /** Largest event accepted by default, in bytes. */
    public static final int EVENT_BYTES_MAX = 8 * 1024 * 1024;

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int ROOM_BYTES_MIN = 2 * 1024;

    private final int eventBytesMax;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int limit;
    private int eventFrom;
    private int lineFrom;
    private int scanned;
    private boolean lineFeedMayFollow;
    private boolean firstLine = true;
    private boolean nameSeen;
    private boolean named;

    private int lines;
    private int valueFrom;
    private int valueTo;
    private byte[] joined = {};
    private int joinedLength;

    private byte[] data = buffer;
    private boolean dataJoined;
    private int dataFrom;
    private int dataTo;
    private int rawFrom;
    private int rawTo;

    public SseReader() {
        this(EVENT_BYTES_MAX);
    }

    /**
     * @param eventBytesMax largest event accepted
     */
    public SseReader(int eventBytesMax) {
        this.eventBytesMax = Math.max(BUFFER_BYTES, eventBytesMax);
    }

    /**
     * How many bytes may be received now, after making place; 0 means that the current event is
     * larger than allowed, and then the stream is lost.
     */
    public int room() {
        if (eventFrom == limit) {
            shift(limit);
        }
        if (buffer.length - limit < ROOM_BYTES_MIN && eventFrom > 0) {
            shift(eventFrom);
        }
        if (buffer.length - limit < ROOM_BYTES_MIN && buffer.length < eventBytesMax) {
            buffer = Arrays.copyOf(buffer, Math.min(eventBytesMax, 2 * buffer.length));
        }
        return buffer.length - limit;
    }

    private void shift(int by) {
        System.arraycopy(buffer, by, buffer, 0, limit - by);
        limit -= by;
        lineFrom -= by;
        scanned -= by;
        valueFrom -= by;
        valueTo -= by;
        eventFrom -= by;
    }

    /** Where to receive bytes; may be another array after each {@link #room}. */
    public byte[] array() {
        return buffer;
    }

    /** From which index on to receive bytes. */
    public int offset() {
        return limit;
    }

    /** Tells that so many bytes were put at {@link #offset}. */
    public void received(int count) {
        limit += count;
    }

    /**
     * Goes on to the next event that has data.
     *
     * @return false if more bytes are needed
     */
    public boolean next() {
        while (scanned < limit) {
            byte b = buffer[scanned];
            if (lineFeedMayFollow) {
                lineFeedMayFollow = false;
                if (b == '\n') {
                    scanned++;
                    afterLineFeed();
                    continue;
                }
            }
            int end = lineEnd();
            if (end < 0) {
                return false;
            }
            if (line(end)) {
                return true;
            }
        }
        return false;
    }

    /** The stream has ended; takes the event whose blank line is missing. */
    public boolean finish() {
        if (lineFrom < limit) {
            field(limit);
            lineFrom = limit;
            scanned = limit;
        }
        return lines > 0 && dispatch(limit);
    }

    /** Whether bytes of an unfinished event are waiting. */
    public boolean partial() {
        return lines > 0 || lineFrom < limit;
    }

    /** The LF of a CRLF: it belongs to the line before. */
    private void afterLineFeed() {
        lineFrom = scanned;
        if (lines == 0) {
            eventFrom = scanned;
        }
    }

    private int lineEnd() {
        byte[] bytes = buffer;
        int to = limit;
        for (int i = scanned; i < to; i++) {
            byte b = bytes[i];
            if (b == '\n' || b == '\r') {
                return i;
            }
        }
        scanned = to;
        return -1;
    }

    private boolean line(int end) {
        boolean blank = end == lineFrom;
        if (!blank) {
            field(end);
        }
        lineFeedMayFollow = buffer[end] == '\r';
        scanned = end + 1;
        lineFrom = scanned;
        if (blank && lines > 0 && dispatch(scanned)) {
            return true;
        }
        nameSeen &= !blank;
        if (lines == 0) {
            eventFrom = scanned; // Comments and fields without data need not be kept.
        }
        return false;
    }

    private void field(int end) {
        int from = lineFrom;
        if (firstLine) {
            firstLine = false;
            boolean marked =
                    end - from >= 3
                            && buffer[from] == (byte) 0xef
                            && buffer[from + 1] == (byte) 0xbb
                            && buffer[from + 2] == (byte) 0xbf;
            from += marked ? 3 : 0;
        }
        boolean data =
                end - from >= 4
                        && buffer[from] == 'd'
                        && buffer[from + 1] == 'a'
                        && buffer[from + 2] == 't'
                        && buffer[from + 3] == 'a';
        if (!data || (end - from > 4 && buffer[from + 4] != ':')) {
            nameSeen |= end > from && buffer[from] == 'e';
            return;
        }
        int value = Math.min(end, from + 5);
        if (value < end && buffer[value] == ' ') {
            value++;
        }
        dataLine(value, end);
    }

    private void dataLine(int from, int to) {
        if (lines == 1) {
            joinedLength = 0;
            append(valueFrom, valueTo);
        }
        lines++;
        if (lines == 1) {
            valueFrom = from;
            valueTo = to;
        } else {
            append(-1, -1);
            append(from, to);
        }
    }

    /** Appends a range of the buffer, or a line feed for a negative one. */
    private void append(int from, int to) {
        int length = from < 0 ? 1 : to - from;
        if (joinedLength + length > joined.length) {
            joined = Arrays.copyOf(joined, Math.max(2 * joined.length, joinedLength + length));
        }
        if (from < 0) {
            joined[joinedLength] = '\n';
        } else {
            System.arraycopy(buffer, from, joined, joinedLength, length);
        }
        joinedLength += length;
    }

    private boolean dispatch(int end) {
        dataJoined = lines > 1;
        if (!dataJoined) {
            data = buffer;
            dataFrom = valueFrom;
            dataTo = valueTo;
        } else {
            data = joined;
            dataFrom = 0;
            dataTo = joinedLength;
        }
        named = nameSeen;
        nameSeen = false;
        rawFrom = eventFrom;
        rawTo = end;
        eventFrom = end;
        lines = 0;
        return dataTo > dataFrom;
    }

    /** The array that holds the event's data. */
    public byte[] data() {
        return data;
    }

    public int dataFrom() {
        return dataFrom;
    }

    public int dataTo() {
        return dataTo;
    }

    /** Whether the data stood on several lines; then {@link #data} is a copy, joined by LF. */
    public boolean dataJoined() {
        return dataJoined;
    }

    /** Whether an {@code event} field stood in front of the data; it is not part of the event. */
    public boolean named() {
        return named;
    }

    /** First byte of the event in {@link #array}: of its first data line. */
    public int rawFrom() {
        return rawFrom;
    }

    /** One past the event's blank line in {@link #array}. */
    public int rawTo() {
        return rawTo;
    }
}
