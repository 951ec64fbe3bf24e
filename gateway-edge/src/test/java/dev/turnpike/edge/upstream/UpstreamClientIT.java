package dev.turnpike.edge.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnpike.edge.upstream.UpstreamFault.AddressRefused;
import dev.turnpike.edge.upstream.UpstreamFault.BadResponse;
import dev.turnpike.edge.upstream.UpstreamFault.BodyLost;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ConnectFailed;
import dev.turnpike.edge.upstream.UpstreamFault.ResetBeforeFirstByte;
import dev.turnpike.edge.upstream.UpstreamFault.ResetMidBody;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.runtime.outbound.AddressPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UpstreamClientIT {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    private static final Deadlines PATIENT = deadlines(20_000, 20_000, 20_000);

    private RawServer server;
    private UpstreamClient client;

    @BeforeEach
    void start() throws IOException {
        server = RawServer.start();
        client = client(AddressPolicy.allowPrivate(), Limits.DEFAULT);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void aConnectionIsUsedAgainOnceItsBodyWasRead() throws IOException {
        server.then(wire -> wire.request().say(OK).request().say(OK).untilClosed());

        assertThat(get()).isEqualTo("hello");
        assertThat(client.connectionsIdle()).isEqualTo(1);
        assertThat(get()).isEqualTo("hello");

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void theRequestIsSentWithItsPartsInOrder() throws Exception {
        server.then(wire -> wire.request().say(OK).untilClosed());
        var large = "x".repeat(9_000);
        var parts =
                List.of(
                        slice("ab"),
                        new ByteSlice("--cd--".getBytes(UTF_8), 2, 2),
                        slice(large),
                        slice("!"));
        var request =
                new UpstreamRequest(
                        "POST",
                        new Destination(origin(), "/v1?q=1"),
                        List.of(new Header("x-a", "b c")),
                        UpstreamBody.of(parts));

        try (var call = client.open(request, PATIENT)) {
            read(call);
        }

        assertThat(server.requests().poll(5, TimeUnit.SECONDS))
                .isEqualTo(
                        "POST /v1?q=1 HTTP/1.1\r\nhost: 127.0.0.1:"
                                + server.port()
                                + "\r\naccept-encoding: identity\r\nx-a: b c\r\n"
                                + "content-length: 9005\r\n\r\nabcd"
                                + large
                                + "!");
    }

    @Test
    void anUpstreamThatAnswersBeforeItHasHeardAllIsHeardAndNotUsedAgain() throws Exception {
        server.then(wire -> {
            wire.head().say("HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno");
            wire.untilClosed();
        });

        try (var call = client.open(upload(endless()), PATIENT)) {
            assertThat(call.status()).isEqualTo(413);
            assertThat(read(call)).isEqualTo("no");
        }

        assertThat(server.requests().poll(5, TimeUnit.SECONDS))
                .contains("transfer-encoding: chunked");
        assertThat(server.closedByPeer().poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(client.connectionsIdle()).isZero();
    }

    @Test
    void anUpstreamThatDoesNotReadAnUploadTimesOut() {
        var told = new CountDownLatch(1);
        server.then(wire -> {
            wire.head();
            assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        });

        var fault = faultOf(() -> client.open(upload(endless()), deadlines(300, 5_000, 15_000)));
        told.countDown();

        assertThat(fault).isInstanceOf(TimedOut.class);
        assertThat(((TimedOut) fault).stage()).isEqualTo(Stage.SEND);
    }

    @Test
    void anUploadThatBreaksOffHereEndsTheRequestThere() {
        server.then(wire -> wire.head().untilClosed());
        var lost = new UpstreamFaultException(new BodyLost("gone"), new IOException("left"));

        assertThatThrownBy(() ->
                        client.open(
                                upload(() -> {
                                    throw lost;
                                }),
                                PATIENT))
                .isSameAs(lost);
        assertThat(client.connectionsIdle()).isZero();
    }

    private static UpstreamBody.Pieces endless() {
        var piece = ByteSlice.of(new byte[16 << 10]);
        return () -> piece;
    }

    /** A request whose body is on its way here, of a length nobody knows. */
    private UpstreamRequest upload(UpstreamBody.Pieces pieces) {
        var body =
                new UpstreamBody() {
                    @Override
                    public long length() {
                        return UNKNOWN;
                    }

                    @Override
                    public boolean repeatable() {
                        return false;
                    }

                    @Override
                    public Pieces open() {
                        return pieces;
                    }
                };
        return new UpstreamRequest("POST", destination(), List.of(), body);
    }

    @Test
    void chunksExtensionsAndTrailersAreDecodedAndTheConnectionKept() throws IOException {
        var body = "3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nx-trailer: 1\r\n\r\n";
        server.then(wire ->
                wire.request()
                        .say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + body)
                        .untilClosed());

        assertThat(get()).isEqualTo("abc0123456789");
        assertThat(client.connectionsIdle()).isEqualTo(1);
    }

    @Test
    void chunkedBodiesDecodeTheSameHoweverTheyAreCut() throws IOException {
        var answer =
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                        + "3\r\nabc\r\n1f40\r\n"
                        + "y".repeat(8_000)
                        + "\r\n0\r\n\r\n";
        for (int at :
                new int[] {1, 40, 72, 73, 74, 75, 77, 78, 79, 80, 83, 85, 8_084, 8_085, 8_090}) {
            var gate = new CountDownLatch(1);
            server.then(wire -> {
                wire.request().say(answer.substring(0, at));
                gate.await();
                wire.say(answer.substring(at)).untilClosed();
            });
            Patience patience =
                    () -> {
                        gate.countDown();
                        return true;
                    };
            try (var call = client.open(request(), PATIENT, patience)) {
                var text = readInSlices(call, gate);
                assertThat(text).as("cut at %d", at).isEqualTo("abc" + "y".repeat(8_000));
                assertThat(call.bodyComplete()).isTrue();
            }
            client.close();
            client = client(AddressPolicy.allowPrivate(), Limits.DEFAULT);
        }
    }

    /** Lets the server go on once the first part of its answer has been read up. */
    private static String readInSlices(UpstreamCall call, CountDownLatch gate) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = new byte[5_000];
        while (true) {
            int count = call.read(buffer, 0, buffer.length, Duration.ofMillis(20));
            if (count < 0) {
                return all.toString(UTF_8);
            }
            if (count == UpstreamCall.SILENT) {
                gate.countDown();
            }
            all.write(buffer, 0, count);
        }
    }

    @Test
    void aBodyUntilCloseIsWholeAndItsConnectionIsNotKept() throws IOException {
        server.then(wire -> wire.request().say("HTTP/1.1 200 OK\r\n\r\nall of it"));

        assertThat(get()).isEqualTo("all of it");
        assertThat(client.connectionsIdle()).isZero();
    }

    @Test
    void silenceLosesNothing() throws IOException {
        var gate = new CountDownLatch(1);
        server.then(wire -> {
            wire.request().say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc");
            gate.await();
            wire.say("def").untilClosed();
        });
        var buffer = new byte[10];

        try (var call = client.open(request(), PATIENT)) {
            int count = call.read(buffer, 0, 10);
            assertThat(count).isEqualTo(3);
            assertThat(call.read(buffer, 3, 7, Duration.ofMillis(30)))
                    .isEqualTo(UpstreamCall.SILENT);
            gate.countDown();
            assertThat(call.read(buffer, 3, 7, Duration.ofSeconds(5))).isEqualTo(3);
            assertThat(call.read(buffer, 0, 7)).isEqualTo(-1);
            assertThat(call.bodyComplete()).isTrue();
        }
        assertThat(new String(buffer, 0, 6, UTF_8)).isEqualTo("abcdef");
    }

    @Test
    void aReaderThatTakesItsTimeDoesNotMakeTheUpstreamSilent() throws IOException {
        var gate = new CountDownLatch(1);
        server.then(wire -> {
            wire.request().say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc");
            gate.await();
            wire.say("def").untilClosed();
        });
        var ahead = new AtomicLong();
        var buffer = new byte[3];

        try (var skewed =
                        new UpstreamClient(
                                AddressPolicy.allowPrivate(),
                                Limits.DEFAULT,
                                () -> System.nanoTime() + ahead.get(),
                                (SSLSocketFactory) SSLSocketFactory.getDefault());
                var call = skewed.open(request(), deadlines(3_000, 2_000, 60_000))) {
            assertThat(call.read(buffer, 0, 3)).isEqualTo(3);
            ahead.set(Duration.ofSeconds(10).toNanos());
            gate.countDown();
            assertThat(call.read(buffer, 0, 3)).isEqualTo(3);
        }
    }

    @Test
    void closingEarlyClosesTheConnectionAndSoCancelsTheUpstream() throws Exception {
        server.then(wire ->
                wire.request()
                        .say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc")
                        .untilClosed());
        client.open(request(), PATIENT).close();

        assertThat(server.closedByPeer().poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(client.connectionsIdle()).isZero();
    }

    @Test
    void closingFromAnotherThreadEndsAReadInProgress() throws Exception {
        server.then(wire ->
                wire.request().say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n").untilClosed());
        var call = client.open(request(), PATIENT);
        var fault = new FutureTask<>(() -> faultOf(() -> call.read(new byte[8], 0, 8)));
        var reader = Thread.ofVirtual().start(fault);
        while (reader.getState() == Thread.State.NEW
                || reader.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }

        call.close();

        assertThat(fault.get(10, TimeUnit.SECONDS)).isInstanceOf(Cancelled.class);
    }

    @Test
    void aStalePooledConnectionIsReplacedOnce() throws IOException {
        server.then(wire -> {
            wire.request().say(OK).request();
            wire.reset();
        });
        server.then(wire -> wire.request().say(OK).untilClosed());

        assertThat(get()).isEqualTo("hello");
        assertThat(get()).isEqualTo("hello");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void aFreshConnectionThatBreaksIsNotRetried() {
        server.then(wire -> wire.request().reset());
        server.then(wire -> wire.request().say(OK));

        assertThat(faultOf(this::get)).isInstanceOf(ResetBeforeFirstByte.class);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void aPooledConnectionThatAnsweredInPartIsNotRetried() throws IOException {
        server.then(wire -> wire.request().say(OK).request().say("HTTP/1.1 2").reset());
        get();

        assertThat(faultOf(this::get)).isInstanceOf(ResetMidBody.class);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void aCutBodyIsAFaultAndNeverAnEnd() {
        server.then(wire -> wire.request().say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"));
        assertThat(faultOf(this::get)).isInstanceOf(ResetMidBody.class);
        server.then(wire ->
                wire.request()
                        .say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"));
        assertThat(faultOf(this::get)).isInstanceOf(ResetMidBody.class);
    }

    @Test
    void everyDeadlineHasItsStage() {
        server.then(wire -> wire.request().untilClosed());
        assertThat(timedOut(deadlines(100, 5_000, 5_000))).isEqualTo(Stage.FIRST_BYTE);
        server.then(wire ->
                wire.request()
                        .say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")
                        .untilClosed());
        assertThat(timedOut(deadlines(5_000, 100, 5_000))).isEqualTo(Stage.IDLE);
        server.then(wire -> wire.request().say("HTTP/1.1 200 OK\r\n\r\nabc").untilClosed());
        assertThat(timedOut(deadlines(5_000, 5_000, 150))).isEqualTo(Stage.TOTAL);
    }

    @Test
    void impatienceCancelsASilentCall() throws Exception {
        server.then(wire -> wire.request().untilClosed());

        assertThat(faultOf(() -> client.open(request(), PATIENT, () -> false)))
                .isInstanceOf(Cancelled.class);
        assertThat(server.closedByPeer().poll(10, TimeUnit.SECONDS)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 999 OK\r\n\r\n",
                "HTTP/1.1 200 OK\nx: y\n\r\n\r\n",
                "HTTP/1.1 200 OK\r\nx: y\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nx : y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nnothing\r\n\r\n",
                "HTTP/1.1 200 OK\r\nx: a\u0000b\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, identity\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n"
            })
    void whatBreaksHttpIsABadResponseAndItsConnectionIsNotKept(String answer) {
        server.then(wire -> wire.request().say(answer).untilClosed());

        assertThat(faultOf(this::get)).isInstanceOf(BadResponse.class);
        assertThat(client.connectionsIdle()).isZero();
    }

    @Test
    void floodsAreCutOff() {
        server.then(wire -> wire.request().say("HTTP/1.1 100 C\r\n\r\n".repeat(20)).untilClosed());
        assertThat(faultOf(this::get)).isInstanceOf(BadResponse.class);
        var headers = "HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(200) + "\r\n";
        server.then(wire -> wire.request().say(headers).untilClosed());
        assertThat(faultOf(this::get)).isInstanceOf(BadResponse.class);
        var head = "HTTP/1.1 200 OK\r\nx: " + "y".repeat(100_000);
        server.then(wire -> wire.request().say(head).untilClosed());
        assertThat(faultOf(this::get)).isInstanceOf(BadResponse.class);
        var size = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;" + "y".repeat(5_000);
        server.then(wire -> wire.request().say(size).untilClosed());
        assertThat(faultOf(this::get)).isInstanceOf(BadResponse.class);
    }

    @Test
    void bytesBehindABodyKeepTheConnectionOutOfThePool() throws IOException {
        server.then(wire -> wire.request().say(OK + "HTTP/1.1 200 OK\r\n\r\n").untilClosed());

        assertThat(get()).isEqualTo("hello");
        assertThat(client.connectionsIdle()).isZero();
    }

    /** Or each caller after that would get the answer to somebody else. */
    @Test
    void bytesThatNobodyReadAreNotTheAnswerToTheNextRequest() throws Exception {
        var begun = new CountDownLatch(1);
        server.then(wire -> {
            wire.request().say("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            wire.say("hello" + "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother").untilClosed();
        });
        server.then(wire -> wire.request().say(OK).untilClosed());

        try (var call = client.open(request(), PATIENT)) {
            begun.countDown();
            assertThat(read(call)).isEqualTo("hello");
        }

        assertThat(get()).isEqualTo("hello");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void redirectsAreNotFollowed() throws IOException {
        server.then(wire ->
                wire.request()
                        .say(
                                "HTTP/1.1 302 F\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n")
                        .untilClosed());

        try (var call = client.open(request(), PATIENT)) {
            assertThat(call.status()).isEqualTo(302);
            assertThat(call.headers().first("location")).isPresent();
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void anAddressIsCheckedWhenConnectingAndNotBefore() throws IOException {
        var answers = new AtomicInteger();
        var rebinding =
                AddressPolicy.publicOnly()
                        .with(host ->
                                List.of(
                                        InetAddress.getByName(
                                                answers.getAndIncrement() == 0
                                                        ? "1.1.1.1"
                                                        : "127.0.0.1")));
        rebinding.resolve("evil.test");
        try (var guarded = client(rebinding, Limits.DEFAULT)) {
            var target = new Destination(new Origin(false, "evil.test", server.port()), "/");
            var request = new UpstreamRequest("GET", target, List.of(), UpstreamBody.NONE);

            assertThat(faultOf(() -> guarded.open(request, PATIENT)))
                    .isEqualTo(new AddressRefused("loopback"));
        }
        assertThat(server.connections()).isZero();
    }

    @Test
    void aClosedPortIsAConnectFailure() throws IOException {
        server.close();

        assertThat(faultOf(this::get)).isInstanceOf(ConnectFailed.class);
    }

    @Test
    void anOperatorReadsOnceWhyTlsDoesNotComeAbout() throws IOException {
        var lines = new ArrayList<String>();
        var log = ConnectLogTest.kept(lines);
        var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var policy = AddressPolicy.allowPrivate();
        var target = new Destination(new Origin(true, "localhost", server.port()), "/");
        var request = new UpstreamRequest("GET", target, List.of(), UpstreamBody.NONE);
        try (var secured = new UpstreamClient(policy, Limits.DEFAULT, System::nanoTime, tls, log)) {
            for (int i = 0; i < 3; i++) {
                server.then(wire -> wire.say("no TLS here\r\n\r\n").untilClosed());
                assertThat(faultOf(() -> secured.open(request, PATIENT)))
                        .isInstanceOf(ConnectFailed.class);
            }
        }

        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).startsWith("localhost failed: SSL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx: y", "a\nb", "a\u0000b", "\u00e9", "a\u007f"})
    void headerValuesCannotBreakOut(String value) {
        assertThatThrownBy(() -> new Header("x-request-id", value))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "/a b", "/a\r\nx: y", "/\u00e9", "/a#b"})
    void requestTargetsCannotBreakOut(String target) {
        assertThatThrownBy(() -> new Destination(origin(), target))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private interface Action {
        Object run() throws IOException;
    }

    private static UpstreamFault faultOf(Action action) {
        var thrown = catchThrowableOfType(UpstreamFaultException.class, action::run);
        assertThat(thrown).isNotNull();
        return thrown.fault();
    }

    private Stage timedOut(Deadlines deadlines) {
        var fault =
                faultOf(() -> {
                    try (var call = client.open(request(), deadlines)) {
                        return read(call);
                    }
                });
        assertThat(fault).isInstanceOf(TimedOut.class);
        return ((TimedOut) fault).stage();
    }

    private String get() throws IOException {
        try (var call = client.open(request(), PATIENT)) {
            return read(call);
        }
    }

    private static String read(UpstreamCall call) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = new byte[1_000];
        for (int count = call.read(buffer, 0, 1_000);
                count >= 0;
                count = call.read(buffer, 0, 1_000)) {
            all.write(buffer, 0, count);
        }
        assertThat(call.bodyComplete()).isTrue();
        return all.toString(UTF_8);
    }

    private UpstreamRequest request() {
        return new UpstreamRequest(
                "POST", destination(), List.of(), UpstreamBody.of(List.of(slice("{}"))));
    }

    private Destination destination() {
        return new Destination(origin(), "/v1");
    }

    private Origin origin() {
        return new Origin(false, "127.0.0.1", server.port());
    }

    private static ByteSlice slice(String text) {
        return ByteSlice.of(text.getBytes(UTF_8));
    }

    private static UpstreamClient client(AddressPolicy policy, Limits limits) {
        return new UpstreamClient(
                policy, limits, System::nanoTime, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private static Deadlines deadlines(int firstByte, int idle, int total) {
        return new Deadlines(
                TimeUnit.SECONDS.toNanos(3),
                TimeUnit.MILLISECONDS.toNanos(firstByte),
                TimeUnit.MILLISECONDS.toNanos(idle),
                TimeUnit.MILLISECONDS.toNanos(total));
    }
}
