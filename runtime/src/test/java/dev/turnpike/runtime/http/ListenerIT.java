package dev.turnpike.runtime.http;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerIT {
    private static final int TIMEOUT_MILLIS = 30_000;

    /** A place is free again a moment after its request was answered, so one would be too few. */
    private static final int REQUESTS_MAX = 2;

    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicBoolean databaseUp = new AtomicBoolean(true);
    private final CountDownLatch entered = new CountDownLatch(REQUESTS_MAX);
    private final CountDownLatch release = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Metrics metrics = new Metrics();
    private Listener listener = listener();

    private Listener listener() {
        var settings =
                ListenerSettings.read(
                        Settings.of(
                                Map.of(
                                        "t.body-bytes-max",
                                        "1KiB",
                                        "t.requests-max",
                                        "" + REQUESTS_MAX,
                                        "t.head-time",
                                        "400ms",
                                        "t.drain-time",
                                        "5s")),
                        "t",
                        0);
        var routes = new Routes();
        routes.post("/echo", (req, res) -> res.send(BodyCoding.whole(req)));
        routes.post("/small", (req, res) -> res.send(BodyCoding.small(req, 10)));
        routes.get("/things/{id}", (req, res) -> res.send(req.path().pathParameters().get("id")));
        routes.delete("/things/{id}", (req, res) -> res.send());
        routes.get(
                "/refused",
                (req, res) -> {
                    res.header("x-kept", "yes");
                    throw Problem.of(ErrorCode.RATE_LIMIT_EXCEEDED, "Slow down")
                            .withRetryAfter(Duration.ofMillis(1_200))
                            .asException();
                });
        routes.get(
                "/spent",
                (req, res) -> {
                    throw Problem.of(ErrorCode.INSUFFICIENT_QUOTA, "Spent").asException();
                });
        routes.get(
                "/bug",
                (req, res) -> {
                    throw new IllegalStateException("hush, internal");
                });
        routes.get(
                "/slow",
                (req, res) -> {
                    entered.countDown();
                    if (!release.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                        throw new IllegalStateException("never released");
                    }
                    res.send("done");
                });
        for (var path : List.of("/plain", "/any/{path}")) {
            routes.post(
                    path,
                    (req, res) -> {
                        res.header("x-first", "1").header("Retry-After", "2");
                        res.header("Content-Type", "text/plain").send(BodyCoding.whole(req));
                    });
            routes.get(
                    path,
                    (req, res) -> {
                        res.send("sent".getBytes(StandardCharsets.US_ASCII));
                        throw new IllegalStateException("behind the reply");
                    });
        }
        HealthRoutes.addTo(
                routes,
                () ->
                        List.of(
                                new Check(
                                        "database",
                                        () ->
                                                databaseUp.get()
                                                        ? Check.Outcome.passed()
                                                        : Check.Outcome.failed("away"))));
        MetricsRoutes.addTo(routes, metrics);
        return new Listener("test", settings, routes, () -> "req_" + ids.incrementAndGet());
    }

    @BeforeEach
    void start() {
        listener.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        listener.close();
        client.close();
        metrics.close();
    }

    @Test
    void aReplyCarriesItsRequestIdAndNoProductName() throws Exception {
        var reply = get("/things/7");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("7");
        assertThat(reply.headers().firstValue("x-request-id")).contains("req_1");
        assertThat(reply.headers().map().toString().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("helidon", "server=");
    }

    /** Paths without parameters have a way of their own through the listener. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST %s HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab",
                "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length:"
                        + " 2\r\n\r\nab",
                "POST %s HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length:"
                        + " 2\r\n\r\nab",
                "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:"
                        + " chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
                "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
                "PUT %s HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab",
                "GET %s HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET %s?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab",
                "GET %s HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET %s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade:"
                        + " h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
                "GET http://b%s HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET %s;a=b#c HTTP/1.1\r\nHost: a\r\n\r\n",
                "get %s HTTP/1.1\r\nHost: a\r\n\r\n",
                "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n",
                "OPTIONS %s HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\nab",
                "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n",
                "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:"
                        + " chunked\r\n\r\n2\r\nab\r\n0\r\nX-Trailer: 1\r\n\r\n",
                "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:"
                        + " chunked\r\nContent-Length: 2\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            })
    void aReplyIsTheSameToTheByteOnEveryWay(String request) throws Exception {
        var next = "POST /plain HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nend";
        var plain = raw(request.formatted("/plain") + next);
        var any = raw(request.formatted("/any/path") + next);

        assertThat(lasting(plain)).isEqualTo(lasting(any)).startsWith("HTTP/1.1 ");
    }

    /** Without what differs from one reply to the next. */
    private static String lasting(String reply) {
        return reply.replaceAll("req_\\d+", "req").replaceAll("Date: [^\r]+", "Date:");
    }

    @Test
    void anUnknownPathIs404AndAKnownPathWithAnotherMethodIs405() throws Exception {
        var unknown = get("/nothing/here");
        var wrong = send(request("/things/7").POST(HttpRequest.BodyPublishers.ofString("x")));

        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("\"code\":\"unknown_url\"");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("allow")).contains("DELETE, GET");
        assertThat(wrong.body()).contains("\"code\":\"method_not_allowed\"");
    }

    @Test
    void aProblemBecomesTheEnvelopeAndTellsWhetherToRetry() throws Exception {
        var waiting = get("/refused");
        var spent = get("/spent");

        assertThat(waiting.statusCode()).isEqualTo(429);
        assertThat(waiting.headers().firstValue("content-type")).contains("application/json");
        assertThat(waiting.headers().firstValue("retry-after")).contains("2");
        assertThat(waiting.headers().firstValue("x-should-retry")).contains("true");
        assertThat(waiting.headers().firstValue("x-kept")).contains("yes");
        assertThat(waiting.body())
                .isEqualTo(
                        """
                        {"error":{"message":"Slow down","type":"rate_limit_error",\
                        "code":"rate_limit_exceeded","param":null}}\
                        """);
        assertThat(spent.headers().firstValue("x-should-retry")).contains("false");
        assertThat(spent.headers().firstValue("retry-after")).isEmpty();
    }

    @Test
    void aBugShowsNothingOfItself() throws Exception {
        var reply = get("/bug");

        assertThat(reply.statusCode()).isEqualTo(500);
        assertThat(reply.body()).contains("\"code\":\"internal_error\"").doesNotContain("hush");
        assertThat(reply.headers().firstValue("x-request-id")).contains("req_1");
    }

    @Test
    void aLargeBodyIsRefusedWhetherItsLengthIsToldOrNot() throws Exception {
        var large = "x".repeat(5_000);
        var head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
        var told = raw(head + "Content-Length: 5000\r\n\r\n" + large);
        var chunked =
                raw(head + "Transfer-Encoding: chunked\r\n\r\n1388\r\n" + large + "\r\n0\r\n\r\n");

        for (var reply : List.of(told, chunked)) {
            assertThat(reply)
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("x-request-id: req_");
            assertThat(reply).contains("\"code\":\"request_too_large\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /things/7 HTTP/1.1\r\n\r\n",
                "GET /things/7 HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
                "GET /things/<x> HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding:"
                        + " chunked\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length:"
                        + " 1\r\n\r\nx",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: br\r\nContent-Length:"
                        + " 1\r\n\r\nx",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                        + "0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n"
                        + "0\r\n\r\n",
                "GET /things/7 HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n",
            })
    void bytesThatAreNoRequestGetTheEnvelopeToo(String bytes) throws Exception {
        var reply = raw(bytes);

        assertThat(reply).startsWith("HTTP/1.1 ").contains("{\"error\":{\"message\":");
        assertThat(reply.toLowerCase(java.util.Locale.ROOT))
                .contains("x-request-id: req_", "content-type: application/json")
                .doesNotContain("helidon", "exception", "<html");
        assertThat(reply.substring(9, 12)).startsWith("4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/<x>", "/a%2", "/a\"b", "/plain/<x>?a=b", "/plain;<x>", "//[x"})
    void whatIsNoPathIsRefused(String path) throws Exception {
        var reply = raw("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 400").contains("x-request-id: req_");
        assertThat(reply).endsWith("}").containsIgnoringCase("connection: close");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", "a:x", "[::1", "[::1]:", "a/b", "a\r\nHost: a"})
    void whatIsNoHostIsRefusedWhateverWasSaidBefore(String host) throws Exception {
        var get = "GET /things/7 HTTP/1.1\r\nHost: ";
        var good = get + "a\r\n\r\n";

        var reply = raw(good + good + get + host + "\r\n\r\n" + good);

        assertThat(reply.split("HTTP/1\\.1 200", -1)).hasSize(3);
        assertThat(reply.split("HTTP/1\\.1 400", -1)).hasSize(2);
        assertThat(reply).endsWith("}").containsIgnoringCase("connection: close");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GARBAGE\r\n\r\n", "GET /things/7 HTTP/3.9\r\nHost: a\r\n\r\n"})
    void bytesOfAnotherProtocolGetNoAnswer(String bytes) throws Exception {
        assertThat(raw(bytes)).isEmpty();
    }

    /** What proxies speak to what is behind them, where nobody has told them otherwise. */
    @Test
    void aClientOfAnOlderVersionIsToldSo() throws Exception {
        var reply = raw("GET /things/7 HTTP/1.0\r\nHost: a\r\n\r\n");

        assertThat(reply)
                .startsWith("HTTP/1.1 505 ")
                .contains("\"code\":\"http_version_not_supported\"")
                .containsIgnoringCase("connection: close");
    }

    @Test
    void anEmptyLineBeforeARequestIsOverlookedAndASecondOneIsNot() throws Exception {
        var get = "GET /things/7 HTTP/1.1\r\nHost: a\r\n\r\n";
        var post = "POST /echo HTTP/1.1\r\nHost: a\r\n";

        assertThat(raw("\r\n" + get)).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n7");
        assertThat(
                        raw(
                                post
                                        + "Content-Length: 2\r\n\r\nab\r\n"
                                        + post
                                        + "Transfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n\r\n"
                                        + get))
                .contains("\r\n\r\nabHTTP/1.1 200", "\r\n\r\ncHTTP/1.1 200")
                .endsWith("\r\n\r\n7");
        assertThat(raw("\r\n\r\n" + get)).doesNotContain("HTTP/1.1 200");
        assertThat(raw(get + "\r\n\r\n" + get).split("HTTP/1\\.1 200", -1)).hasSize(2);
    }

    @Test
    void aBodyIsUnpackedWithinTheBoundOfBodies() throws Exception {
        var text = "abc".repeat(300);
        var packed = gzip(text.getBytes(StandardCharsets.US_ASCII));

        assertThat(packed("gzip", packed)).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n" + text);
        assertThat(packed("X-GZIP", packed)).startsWith("HTTP/1.1 200");
        assertThat(packed("identity", "[]".getBytes(StandardCharsets.US_ASCII)))
                .endsWith("\r\n\r\n[]");
        assertThat(packed("gzip", gzip(new byte[100_000])))
                .startsWith("HTTP/1.1 413")
                .contains("request_too_large");
        for (var broken :
                List.of(
                        Arrays.copyOf(packed, packed.length - 1),
                        Arrays.copyOf(packed, packed.length - 9),
                        Arrays.copyOfRange(packed, 1, packed.length),
                        new byte[1])) {
            assertThat(packed("gzip", broken))
                    .startsWith("HTTP/1.1 400")
                    .contains("invalid_request");
        }
        for (var other : List.of("br", "deflate", "gzip, gzip", "zstd")) {
            assertThat(packed(other, packed))
                    .startsWith("HTTP/1.1 415")
                    .contains("unsupported_encoding")
                    .containsIgnoringCase("accept-encoding: gzip");
        }
    }

    /** The body, echoed; the next request on the connection must not be touched by it. */
    private String packed(String encoding, byte[] body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: "
                                + encoding
                                + "\r\nContent-Length: "
                                + body.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(body);
        return raw(bytes.toByteArray());
    }

    @Test
    void aBodyOfSomebodyUnknownIsShortAndNotPacked() throws Exception {
        var head = "POST /small HTTP/1.1\r\nHost: a\r\n";
        assertThat(raw(head + "Content-Length: 10\r\n\r\n0123456789"))
                .endsWith("\r\n\r\n0123456789");
        assertThat(raw(head + "Content-Length: 11\r\n\r\n01234567890")).startsWith("HTTP/1.1 413 ");
        assertThat(raw(head + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n0"))
                .startsWith("HTTP/1.1 415 ");
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void whatAPathOffersIsToldToWhoAsks() throws Exception {
        var known = raw("OPTIONS /things/7 HTTP/1.1\r\nHost: a\r\n\r\n");
        var unknown = raw("OPTIONS /nothing HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(known)
                .startsWith("HTTP/1.1 204")
                .containsIgnoringCase("allow: DELETE, GET, OPTIONS\r\n");
        assertThat(unknown).startsWith("HTTP/1.1 404");
    }

    /**
     * Whatever follows bytes that are no chunk is not a request, however much it looks like one.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x3\r\nabc\r\n0\r\n\r\n",
                "+3\r\nabc\r\n0\r\n\r\n",
                "-3\r\nabc\r\n0\r\n\r\n",
                "3;a=b\r\nabc\r\n0\r\n\r\n",
                "3\r\nabcXX0\r\n\r\n",
                "2\r\nabXX0\r\n\r\n",
                "3\r\nabcd\r\n0\r\n\r\n",
                "\r\n3\r\nabc\r\n0\r\n\r\n",
                "00000003\r\nabc\r\n0\r\n\r\n",
                "FFFFFFFF\r\nabc\r\n0\r\n\r\n",
                "3\r\nabc\r\n0\r\nX-Trailer: a\r\n\r\n",
                "3\nabc\n0\n\n",
                "zz\r\n",
                "\r\n"
            })
    void whatIsNoChunkEndsTheConnection(String chunks) throws Exception {
        var head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        var next = "GET /things/7 HTTP/1.1\r\nHost: a\r\n\r\n";

        var reply = raw(head + chunks + next);

        assertThat(reply).startsWith("HTTP/1.1 400 ").containsIgnoringCase("connection: close");
        assertThat(reply.split("HTTP/1\\.1 ", -1)).hasSize(2);
        assertThat(raw(head.replace("/echo", "/nothing") + chunks + next).split("HTTP/1\\.1 ", -1))
                .hasSize(2);
    }

    @Test
    void chunksAreReadOneByOneAndTheNextRequestFollows() throws Exception {
        var reply =
                raw(
                        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "3\r\nabc\r\n00A\r\n0123456789\r\n2\r\nde\r\n000\r\n\r\n"
                                + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n[]"
                                + "GET /things/7 HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(reply)
                .contains("\r\n\r\nabc0123456789deHTTP/1.1 200", "\r\n\r\n[]HTTP/1.1 200")
                .endsWith("\r\n\r\n7");
    }

    /** Read whole, it would fill the memory before anybody has shown a key. */
    @ParameterizedTest
    @ValueSource(strings = {"", "1;", "0\r\n", "fffffff\r\n"})
    void aLineBetweenChunksThatNeverEndsIsNotWaitedFor(String begin) throws Exception {
        var head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            var line = head + begin + "0".repeat(100);
            socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));

            assertThat(untilEnd(socket)).startsWith("HTTP/1.1 4");
        }
    }

    /**
     * Whoever waits to be asked for a body and sends it unasked must not get it served as a
     * request: one in front that counts as the standard says would hand its answer to somebody
     * else.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /nothing/here",
                "PUT /things/7",
                "GET /things/7",
                "GET /refused",
                "GET /bug",
            })
    void aBodyThatNobodyAskedForIsNoRequest(String begin) throws Exception {
        var next = "GET /things/8 HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = begin + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";

        for (var body :
                List.of(
                        "Content-Length: " + next.length() + "\r\n\r\n" + next,
                        "Transfer-Encoding: chunked\r\n\r\n"
                                + Integer.toHexString(next.length())
                                + "\r\n"
                                + next
                                + "\r\n0\r\n\r\n",
                        "Connection: close\r\nContent-Length: "
                                + next.length()
                                + "\r\n\r\n"
                                + next)) {
            var reply = raw(head + body + next);

            assertThat(reply.split("HTTP/1\\.1 ", -1)).as(body).hasSize(2);
            assertThat(reply).containsIgnoringCase("connection: close");
        }
    }

    @Test
    void aBodyThatIsAskedForKeepsTheConnection() throws Exception {
        var reply =
                raw(
                        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                + "Content-Length: 2\r\n\r\n[]"
                                + "GET /things/7 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"
                                + "GET /things/8 HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(reply)
                .startsWith("HTTP/1.1 100 ")
                .contains("\r\n\r\n[]HTTP/1.1 200", "\r\n\r\n7HTTP/1.1 200")
                .doesNotContainIgnoringCase("connection: close")
                .endsWith("\r\n\r\n8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Expect: 100-continue", "Connection: close"})
    void aBodyOfARequestThatHadNoPlaceIsNoRequest(String header) throws Exception {
        var slow = everyPlaceTaken();
        var next = "GET /things/8 HTTP/1.1\r\nHost: a\r\n\r\n";

        var reply =
                raw(
                        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: "
                                + next.length()
                                + "\r\n"
                                + header
                                + "\r\n\r\n"
                                + next);
        release.countDown();

        assertThat(reply).startsWith("HTTP/1.1 503").containsIgnoringCase("connection: close");
        assertThat(reply.split("HTTP/1\\.1 ", -1)).hasSize(2);
        assertDone(slow);
    }

    /** A client that reads no body after HEAD would take one for its next reply. */
    @ParameterizedTest
    @ValueSource(strings = {"/things/7", "/nothing", "/bug"})
    void aRefusedHeadHasNoBody(String path) throws Exception {
        var reply = raw("HEAD " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 40").contains("x-request-id: req_");
        assertThat(reply).endsWith("\r\n\r\n");
        assertThat(reply.toLowerCase(Locale.ROOT)).doesNotContain("content-length: 0");
    }

    @Test
    void aHugeHeadIsRefused() throws Exception {
        var reply = raw("GET /x HTTP/1.1\r\nHost: a\r\nx-a: " + "a".repeat(20_000) + "\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 431").contains("{\"error\":{\"message\":");
    }

    @Test
    void aHeadThatComesInDropsEndsTheConnectionAndAnIdleOneGoesOn() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            var out = socket.getOutputStream();
            out.write(
                    "GET /things/7 HTTP/1.1\r\nhost: a\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            socket.setSoTimeout(800); // Idle for twice the time of a head.
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                    .isInstanceOf(SocketTimeoutException.class);

            socket.setSoTimeout(TIMEOUT_MILLIS);
            out.write("GET /things/8 HT".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void aConnectionStaysOpenBetweenRequestsWithBodies() throws Exception {
        var request = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            for (int i = 0; i < 2; i++) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
                socket.setSoTimeout(600);
                assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                        .isInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    @Test
    void moreRequestsThanAllowedAreTurnedAwayAndMayTryAgain() throws Exception {
        var slow = everyPlaceTaken();

        var turnedAway = get("/things/7");
        release.countDown();

        assertThat(turnedAway.statusCode()).isEqualTo(503);
        assertThat(turnedAway.body()).contains("\"code\":\"server_is_overloaded\"");
        assertThat(turnedAway.headers().firstValue("retry-after")).contains("1");
        assertDone(slow);
    }

    /** Requests that are at work until they are released. */
    private List<CompletableFuture<HttpResponse<String>>> everyPlaceTaken()
            throws InterruptedException {
        var slow =
                IntStream.range(0, REQUESTS_MAX)
                        .mapToObj(i -> client.sendAsync(request("/slow").build(), ofString()))
                        .toList();
        assertThat(entered.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        return slow;
    }

    private static void assertDone(List<CompletableFuture<HttpResponse<String>>> slow)
            throws Exception {
        for (var one : slow) {
            assertThat(one.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS).body()).isEqualTo("done");
        }
    }

    @Test
    void aStopLetsTheRunningRequestFinish() throws Exception {
        var slow = everyPlaceTaken();

        var stopping = Thread.ofPlatform().start(listener::close);
        release.countDown();

        assertDone(slow);
        assertThat(stopping.join(Duration.ofMillis(TIMEOUT_MILLIS))).isTrue();
    }

    @Test
    void readinessNamesTheCheckThatFails() throws Exception {
        assertThat(get("/health/ready").body())
                .isEqualTo(
                        "{\"checks\":[{\"name\":\"database\",\"status\":\"up\"}],\"status\":\"up\"}");
        databaseUp.set(false);
        var down = get("/health/ready");

        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body()).contains("\"status\":\"down\",\"detail\":\"away\"");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void metersAreServedAsPrometheusText() throws Exception {
        metrics.registry().counter("requests.served", "route", "chat").increment();

        assertThat(get("/metrics").body()).contains("requests_served_total{route=\"chat\"} 1.0");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path))
                .timeout(Duration.ofMillis(TIMEOUT_MILLIS));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), ofString());
    }

    private String raw(String text) throws IOException {
        return raw(text.getBytes(StandardCharsets.US_ASCII));
    }

    private String raw(byte[] bytes) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return untilEnd(socket);
        }
    }

    /** Whether a server that has not read everything ends with a reset is a matter of timing. */
    private static String untilEnd(Socket socket) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = new byte[4 << 10];
        try {
            for (int count = 0; count >= 0; count = socket.getInputStream().read(buffer)) {
                all.write(buffer, 0, count);
            }
        } catch (SocketException reset) {
            return all.toString(StandardCharsets.UTF_8);
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
