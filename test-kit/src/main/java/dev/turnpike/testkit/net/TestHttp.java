package dev.turnpike.testkit.net;

import dev.turnpike.testkit.net.Reply.Part;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection of an HTTP/1.1 client that sends exactly the bytes it is given, well formed or not,
 * and reads the answer part by part with arrival times. One thread only.
 */
public final class TestHttp implements AutoCloseable {
    private static final int READ_BYTES_MAX = 16 << 10;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(40);

    private final Socket socket;
    private final byte[] buffer = new byte[READ_BYTES_MAX];
    private int position;
    private int limit;
    private long sentAt = System.nanoTime();
    private boolean chunked;
    private long bodyLeft;
    private boolean ended;

    private TestHttp(Socket socket) {
        this.socket = socket;
    }

    /** Connects to loopback. A read waits 40 s at most; see {@link #readTimeout}. */
    public static TestHttp connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return new TestHttp(socket).readTimeout(READ_TIMEOUT);
    }

    /** How long a read may wait before it throws {@link SocketTimeoutException}. */
    public TestHttp readTimeout(Duration length) throws IOException {
        socket.setSoTimeout((int) length.toMillis());
        return this;
    }

    /** Sends text as UTF-8, as it is. */
    public TestHttp send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    public TestHttp send(byte[] bytes) throws IOException {
        // Before they go: whoever wakes up by them may keep this thread waiting behind the write.
        sentAt = System.nanoTime();
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends each byte in a packet of its own. */
    public TestHttp sendSlowly(String text, Duration gap) throws IOException {
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            send(new byte[] {one});
            LockSupport.parkNanos(gap.toNanos());
        }
        return this;
    }

    /**
     * Sends a well-formed request; {@code content-length} is added, and {@code host} unless it is
     * given.
     */
    public TestHttp request(String method, String target, Map<String, String> headers, String body)
            throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        if (!headers.containsKey("host")) {
            head.append("host: 127.0.0.1:").append(socket.getPort()).append("\r\n");
        }
        head.append("content-length: ").append(bytes.length).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        var headBytes = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        var all = new byte[headBytes.length + bytes.length];
        System.arraycopy(headBytes, 0, all, 0, headBytes.length);
        System.arraycopy(bytes, 0, all, headBytes.length, bytes.length);
        return send(all);
    }

    /** {@link #request} with a JSON body. */
    public TestHttp postJson(String target, Map<String, String> headers, String json)
            throws IOException {
        var all = new LinkedHashMap<>(headers);
        all.put("content-type", "application/json");
        return request("POST", target, all, json);
    }

    /** Waits until the server asks for the body; to be called after a head that expects it. */
    public TestHttp readContinue() throws IOException {
        var statusLine = line();
        if (!statusLine.startsWith("HTTP/1.1 100")) {
            throw new IOException("not asked for the body: " + statusLine);
        }
        while (!line().isEmpty()) {
            continue;
        }
        return this;
    }

    /** Reads one whole answer, or what comes of it until the connection ends. */
    public Reply read() throws IOException {
        var head = readHead();
        var parts = new ArrayList<Part>();
        boolean whole = true;
        try {
            for (var part = readPart(); part.isPresent(); part = readPart()) {
                parts.add(part.get());
            }
        } catch (EOFException cut) {
            whole = false;
        }
        return new Reply(head.status(), head.headers(), parts, whole);
    }

    /**
     * Reads status and headers; the body is then read by {@link #readPart}. Skips 100 Continue.
     *
     * @return a reply without a body
     */
    public Reply readHead() throws IOException {
        var statusLine = line();
        if (!statusLine.startsWith("HTTP/1.")) {
            throw new IOException("not an HTTP answer: " + statusLine);
        }
        int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
        var headers = new LinkedHashMap<String, List<String>>();
        for (var header = line(); !header.isEmpty(); header = line()) {
            var pair = header.split(":", 2);
            headers.computeIfAbsent(pair[0].toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(pair.length == 2 ? pair[1].strip() : "");
        }
        if (status == 100) {
            return readHead();
        }
        chunked = headers.containsKey("transfer-encoding");
        var length = headers.get("content-length");
        bodyLeft = length == null ? Long.MAX_VALUE : Long.parseLong(length.getFirst());
        ended = status == 204 || status == 304;
        return new Reply(status, headers, List.of(), false);
    }

    /**
     * Reads the next chunk of a chunked body, or what comes next of another; empty at its end.
     *
     * @throws EOFException if the connection ends before the body
     */
    public Optional<Part> readPart() throws IOException {
        if (ended || (!chunked && bodyLeft == 0)) {
            return Optional.empty();
        }
        if (!chunked) {
            return unframed();
        }
        int size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
        var text = new StringBuilder(size);
        while (text.length() < size) {
            requireMore();
            append(text, size - text.length());
        }
        line();
        ended = size == 0;
        return ended ? Optional.empty() : Optional.of(part(text));
    }

    /** Whether the server ends the connection before it sends anything more. */
    public boolean closedByServer() throws IOException {
        return position == limit && !fill();
    }

    /** Tells the server that nothing more will be sent; it can still answer. */
    public TestHttp halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Leaves as a killed client does, with a TCP reset. */
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Optional<Part> unframed() throws IOException {
        if (position == limit && !fill()) {
            if (bodyLeft != Long.MAX_VALUE) {
                throw new EOFException("connection ended within a body");
            }
            ended = true; // Without a length, the end of the connection is the end of the body.
            return Optional.empty();
        }
        var text = new StringBuilder();
        append(text, (int) Math.min(bodyLeft, READ_BYTES_MAX));
        if (bodyLeft != Long.MAX_VALUE) {
            bodyLeft -= text.length();
        }
        return Optional.of(part(text));
    }

    private Part part(StringBuilder text) {
        return new Part(text.toString(), Duration.ofNanos(System.nanoTime() - sentAt));
    }

    private void append(StringBuilder text, int most) {
        int count = Math.min(limit - position, most);
        text.append(new String(buffer, position, count, StandardCharsets.ISO_8859_1));
        position += count;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        while (true) {
            requireMore();
            char next = (char) (buffer[position++] & 0xff);
            if (next == '\n') {
                return line.toString().stripTrailing();
            }
            line.append(next);
        }
    }

    private void requireMore() throws IOException {
        if (position == limit && !fill()) {
            throw new EOFException("connection ended by the server");
        }
    }

    /** A reset counts as an end: which of both comes is a matter of timing. */
    private boolean fill() throws IOException {
        position = 0;
        limit = 0;
        try {
            limit = Math.max(socket.getInputStream().read(buffer), 0);
        } catch (SocketException reset) {
            return false;
        }
        return limit > 0;
    }
}
