package dev.turnpike.runtime.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.DateTime;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the replies on one connection are put together. It is kept from one reply to the next, as
 * long as they are short. Used by the connection's thread only.
 */
final class ReplyBuffer {
    /** Room for a head at first. */
    private static final int HEAD_BYTES = 1 << 10;

    /** A longer body has a buffer of its own, so that no idle connection holds much. */
    private static final int BODY_BYTES_KEPT_MAX = 4 << 10;

    private static final byte[] OK = bytes("HTTP/1.1 200 OK\r\n");
    private static final byte[] DATE = bytes("Date: ");
    private static final byte[] LINE_END = bytes("\r\n");

    private final DataWriter writer;
    private @Nullable BufferData kept;

    /**
     * @param writer writes at once, and keeps nothing of what it is given
     */
    ReplyBuffer(DataWriter writer) {
        this.writer = writer;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Writes a whole reply of status 200.
     *
     * @return bytes of it, with its head
     * @throws ServerConnectionException if the client has left
     */
    int write(Headers headers, byte[] body) {
        var reply = room(body.length);
        reply.write(OK);
        if (!headers.contains(HeaderNames.DATE)) {
            reply.write(DATE);
            reply.write(DateTime.http1Bytes());
        }
        for (var header : headers) {
            header.writeHttp1Header(reply);
        }
        reply.write(LINE_END);
        reply.write(body);
        int length = reply.available();
        try {
            writer.write(reply);
        } catch (SocketWriterException | UncheckedIOException e) {
            throw new ServerConnectionException("cannot write to the client", e);
        }
        return length;
    }

    private BufferData room(int bodyBytes) {
        if (bodyBytes > BODY_BYTES_KEPT_MAX) {
            return BufferData.growing(HEAD_BYTES + bodyBytes);
        }
        var room = kept;
        if (room == null) {
            room = BufferData.growing(HEAD_BYTES + bodyBytes);
            kept = room;
        }
        return room.clear();
    }
}
