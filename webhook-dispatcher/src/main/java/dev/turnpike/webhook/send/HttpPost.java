package dev.turnpike.webhook.send;

import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One HTTP/1.1 POST over one connection, which is closed afterwards: so every attempt checks the
 * address it connects to, and receivers never share a connection. Redirects are an answer like any
 * other. Of the answer only the status and {@code Retry-After} are wanted; the rest is read, up to
 * a bound, to let the receiver close in peace.
 *
 * <p>Thread-safe; every call blocks its thread, at most until the deadline.
 */
public final class HttpPost {
    /** Bytes of an answer that are read, headers included. */
    public static final int ANSWER_BYTES_MAX = 16 << 10;

    /** How long the rest of an answer is waited for once its status is known. */
    static final Duration REST_WAIT_MAX = Duration.ofMillis(250);

    /** Addresses of one host that are tried. */
    static final int ADDRESSES_MAX = 4;

    private final AddressPolicy addresses;
    private final SSLSocketFactory tls;
    private final ScheduledExecutorService deadlines;

    /**
     * @param tls verifies certificates; the host name is verified here
     * @param deadlines closes the connections whose time is over
     */
    public HttpPost(
            AddressPolicy addresses, SSLSocketFactory tls, ScheduledExecutorService deadlines) {
        this.addresses = addresses;
        this.tls = tls;
        this.deadlines = deadlines;
    }

    /**
     * An answer.
     *
     * @param retryAfter value of that header
     */
    public record Answer(int status, Optional<String> retryAfter) {}

    /**
     * Sends and waits for the answer.
     *
     * @param headers besides those of the protocol; names and values hold no line ends
     * @param total from the look-up of the host to the end of the answer's headers
     * @throws dev.turnpike.runtime.outbound.AddressRefusedException if the host leads to a
     *     forbidden address; nothing was sent
     * @throws SocketTimeoutException if the time is over
     * @throws IOException if there is no valid answer
     */
    public Answer post(OutboundUrl url, Map<String, String> headers, byte[] body, Duration total)
            throws IOException {
        long end = System.nanoTime() + total.toNanos();
        try (var plain = connect(url, end)) {
            var alarm =
                    deadlines.schedule(() -> closeQuietly(plain), left(end), TimeUnit.NANOSECONDS);
            try {
                return exchange(url, plain, headers, body);
            } catch (IOException e) {
                if (end - System.nanoTime() <= 0) {
                    throw (IOException) new SocketTimeoutException("deadline").initCause(e);
                }
                throw e;
            } finally {
                alarm.cancel(false);
            }
        }
    }

    private Socket connect(OutboundUrl url, long end) throws IOException {
        IOException last = new IOException("no address");
        for (var address : addresses.resolve(url.host()).stream().limit(ADDRESSES_MAX).toList()) {
            try {
                return connect(address, url.port(), end);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static Socket connect(InetAddress address, int port, long end) throws IOException {
        var socket = new Socket();
        boolean connected = false;
        try {
            int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left(end)));
            socket.connect(new InetSocketAddress(address, port), millis);
            socket.setTcpNoDelay(true);
            connected = true;
            return socket;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    private static long left(long end) throws SocketTimeoutException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("deadline");
        }
        return left;
    }

    private Answer exchange(OutboundUrl url, Socket plain, Map<String, String> headers, byte[] body)
            throws IOException {
        var socket = url.secure() ? encrypted(url, plain) : plain;
        var in = new AnswerReader(new BufferedInputStream(socket.getInputStream()));
        try {
            var out = socket.getOutputStream();
            out.write(head(url, headers, body.length));
            out.write(body);
            out.flush();
        } catch (IOException e) {
            return earlyAnswer(in, e);
        }
        var answer = in.read();
        drain(in, socket);
        return answer;
    }

    /** A receiver may answer and close before it has read the body. */
    private static Answer earlyAnswer(AnswerReader in, IOException writing) throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            writing.addSuppressed(e);
            throw writing;
        }
    }

    private SSLSocket encrypted(OutboundUrl url, Socket plain) throws IOException {
        var socket = (SSLSocket) tls.createSocket(plain, url.host(), url.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] head(OutboundUrl url, Map<String, String> headers, int length) {
        var head = new StringBuilder(512);
        head.append("POST ").append(url.target()).append(" HTTP/1.1\r\n");
        head.append("host: ").append(url.hostHeader()).append("\r\n");
        head.append("content-length: ").append(length).append("\r\n");
        head.append("connection: close\r\n");
        headers.forEach((name, value) -> head.append(line(name, value)));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String line(String name, String value) {
        var line = name + ": " + value;
        if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("line end in header " + name.strip());
        }
        return line + "\r\n";
    }

    /** The outcome is known; whatever goes wrong from here on does not change it. */
    private static void drain(AnswerReader in, Socket socket) {
        try {
            long end = System.nanoTime() + REST_WAIT_MAX.toNanos();
            while (in.expectsMore() && System.nanoTime() < end) {
                socket.setSoTimeout(
                        (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
                in.skipSome();
            }
        } catch (IOException e) {
            closeQuietly(socket);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is unusable either way; nobody waits for more of it.
            return;
        }
    }

    /** Reads one answer within the bound. */
    private static final class AnswerReader {
        private final InputStream in;
        private final byte[] rest = new byte[1024];
        private int left = ANSWER_BYTES_MAX;
        private long bodyLeft = Long.MAX_VALUE;

        AnswerReader(InputStream in) {
            this.in = in;
        }

        Answer read() throws IOException {
            int status = status(line());
            while (status < 200) { // Interim answers; the bound on bytes ends a flood of them.
                headers();
                status = status(line());
            }
            var answer = new Answer(status, headers());
            if (status == 204 || status == 304) {
                bodyLeft = 0;
            }
            return answer;
        }

        /** Without a length the body ends with the connection. */
        boolean expectsMore() {
            return left > 0 && bodyLeft > 0;
        }

        void skipSome() throws IOException {
            int read = in.read(rest, 0, Math.min(rest.length, left));
            left -= Math.max(read, 0);
            bodyLeft = read < 0 ? 0 : bodyLeft - read;
        }

        /** Reads to the empty line and returns the value of Retry-After. */
        private Optional<String> headers() throws IOException {
            Optional<String> retryAfter = Optional.empty();
            for (var line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                if (colon <= 0) {
                    throw new IOException("malformed header");
                }
                var value = line.substring(colon + 1).strip();
                switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                    case "retry-after" -> retryAfter = Optional.of(value);
                    case "content-length" -> bodyLeft = length(value);
                    default -> {
                        // Nothing else of an answer matters.
                    }
                }
            }
            return retryAfter;
        }

        private static long length(String text) throws IOException {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new IOException("malformed content-length", e);
            }
        }

        private static int status(String line) throws IOException {
            boolean shaped =
                    line.length() >= 12
                            && line.startsWith("HTTP/1.")
                            && line.charAt(8) == ' '
                            && (line.length() == 12 || line.charAt(12) == ' ');
            int status = 0;
            for (int i = 9; shaped && i < 12; i++) {
                int digit = line.charAt(i) - '0';
                shaped = digit >= 0 && digit <= 9;
                status = status * 10 + digit;
            }
            if (!shaped || status < 100) {
                throw new IOException("malformed status line");
            }
            return status;
        }

        private String line() throws IOException {
            var line = new StringBuilder(64);
            while (true) {
                int b = in.read();
                if (b < 0) {
                    throw new IOException("connection closed before the answer");
                }
                if (--left < 0) {
                    throw new IOException("answer headers too large");
                }
                if (b == '\n') {
                    int length = line.length();
                    if (length > 0 && line.charAt(length - 1) == '\r') {
                        line.setLength(length - 1);
                    }
                    return line.toString();
                }
                line.append((char) b);
            }
        }
    }
}
