package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.LoopbackServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * The upstream of load runs: every request gets the same chat completion of about 700 bytes, as
 * fast as it can be written, and is only counted. Requests must have a {@code content-length} or no
 * body. Thread-safe.
 */
public final class EchoUpstream implements AutoCloseable {
    /** What each answer reports. */
    public static final Usage USAGE = new Usage(20, 60);

    private static final int TEXT_LENGTH = 330;
    private static final int REQUEST_HEAD_BYTES_MAX = 16 << 10;
    private static final byte[] LENGTH_HEADER =
            "\r\ncontent-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[] reply = reply();
    private final LongAdder served = new LongAdder();
    private final LoopbackServer server;

    private EchoUpstream(int port) {
        server = LoopbackServer.start(port, this::serve);
    }

    /**
     * @param port where to listen, or 0 for any
     */
    public static EchoUpstream start(int port) {
        return new EchoUpstream(port);
    }

    public int port() {
        return server.port();
    }

    /** Requests answered so far, the one being answered among them. */
    public long served() {
        return served.sum();
    }

    @Override
    public void close() {
        server.close();
    }

    private void serve(Socket socket, BooleanSupplier stopping) throws IOException {
        var in = socket.getInputStream();
        var out = socket.getOutputStream();
        var buffer = new byte[REQUEST_HEAD_BYTES_MAX];
        int filled = 0;
        while (!stopping.getAsBoolean()) {
            int end = indexOf(HEAD_END, buffer, filled);
            if (end < 0) {
                int count = in.read(buffer, filled, buffer.length - filled);
                if (count <= 0) {
                    return; // The peer closed, or the head does not fit.
                }
                filled += count;
                continue;
            }
            int request = end + HEAD_END.length + contentLength(buffer, end);
            if (request > filled) {
                in.skipNBytes(request - filled);
                filled = 0;
            } else {
                System.arraycopy(buffer, request, buffer, 0, filled - request);
                filled -= request;
            }
            served.increment(); // Before the answer, behind which somebody may look.
            out.write(reply);
        }
    }

    private static int contentLength(byte[] head, int end) {
        int at = indexOf(LENGTH_HEADER, head, end);
        if (at < 0) {
            return 0;
        }
        int length = 0;
        for (int i = at + LENGTH_HEADER.length; i < end && head[i] != '\r'; i++) {
            length = head[i] == ' ' ? length : length * 10 + (head[i] - '0');
        }
        return length;
    }

    /** Finds lower-case bytes, whatever the case of the letters searched; -1 when absent. */
    private static int indexOf(byte[] wanted, byte[] bytes, int limit) {
        for (int i = 0; i <= limit - wanted.length; i++) {
            int matched = 0;
            while (matched < wanted.length && lower(bytes[i + matched]) == wanted[matched]) {
                matched++;
            }
            if (matched == wanted.length) {
                return i;
            }
        }
        return -1;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    private static byte[] reply() {
        var text = "lorem ipsum ".repeat(TEXT_LENGTH).substring(0, TEXT_LENGTH);
        var body =
                """
                {"id":"chatcmpl-scripted","object":"chat.completion","created":1760000000,\
                "model":"scripted","choices":[{"index":0,"message":{"role":"assistant",\
                "content":%s},"finish_reason":"stop"}],"usage":%s}\
                """
                        .formatted(Quoted.json(text), USAGE.json());
        var head =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                        .formatted(body.length());
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }
}
