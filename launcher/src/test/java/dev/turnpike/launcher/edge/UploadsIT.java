package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.edge.UploadSink.Taken;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import dev.turnpike.schemas.usage.UsageSource;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.FreePorts;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files on their way through the edge. It has a rig of its own: the memory for bodies is so small
 * here that what runs at once does not fit into it whole.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UploadsIT {
    private static final String PATH = "/v1/audio/transcriptions";
    private static final int UPLOADS = 50;
    private static final int FILE_BYTES = 25 << 20;
    private static final int BODY_MEMORY_MAX = 16 << 20;
    private static final int UPLOAD_BYTES_MAX = 26 << 20;
    private static final String FILE =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
                    + "Content-Type: audio/wav\r\n\r\n";

    /** Two processors send, pass on and take 50 bodies at once. */
    private static final Duration BEGUN_PATIENCE = Duration.ofSeconds(50);

    private static final String END = "--b--\r\n";

    private UploadSink sink;
    private EdgeRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException, IOException {
        sink = new UploadSink();
        rig =
                new EdgeRig(
                        directory,
                        Map.of(
                                "edge.body-memory-max", "" + BODY_MEMORY_MAX,
                                "edge.upload-bytes-max", "" + UPLOAD_BYTES_MAX));
        var closed = "http://127.0.0.1:" + FreePorts.one() + "/v1";
        rig.endpoint("acme/busy", List.of(target("whisper", sink.baseUrl(), 0)));
        rig.endpoint("acme/cut", List.of(target("whisper", sink.baseUrl(), 0)));
        rig.endpoint(
                "acme/two",
                List.of(
                        target("first", closed, 0),
                        target("second", sink.baseUrl(), 1),
                        target("third", sink.baseUrl(), 2)));
        Eventually.await(EdgeRig.PATIENCE, "endpoints published", () -> published("acme/two"));
    }

    private boolean published(String slug) {
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.request("GET", "/v1/models/" + slug, auth(), "");
            return http.read().status() == 200;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    void stop() {
        rig.close();
        sink.close();
    }

    @BeforeEach
    void forget() {
        Eventually.await(EdgeRig.PATIENCE, "earlier uploads are over", () -> sink.open() == 0);
        sink.answers(200, "application/json", "{\"text\":\"x\"}");
        sink.taken().clear();
    }

    @Test
    void aFileBehindItsModelArrivesWhileItIsStillBeingSent() throws Exception {
        var half = "x".repeat(1 << 20);
        long before = sink.bytes();
        Reply reply;
        try (var http = TestHttp.connect(rig.edge.port())) {
            var first = model("acme/busy") + FILE + half;
            var second = half + "\r\n" + END;
            head(http, "content-length: " + (first.length() + second.length()));
            http.send(first);
            Eventually.await(EdgeRig.PATIENCE, "some of it", () -> sink.bytes() - before > 1 << 19);
            reply = http.send(second).read();
        }
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertTaken(model("whisper") + FILE + half + half + "\r\n" + END, true);
        assertThat(settled(reply).settlement().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aFileInFrontOfItsModelIsKeptAndTriedAtTheNextTarget() throws Exception {
        var file = FILE + "y".repeat(2 << 20) + "\r\n";

        var reply = post(file + model("acme/two") + END);

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertTaken(file + model("second") + END, true);
        assertThat(settled(reply).settlement().attempts())
                .extracting(UpstreamAttempt::targetModel)
                .endsWith("second");
    }

    @Test
    void whatIsKeptIsTriedAgainWhereTheTargetFailedAndWhatWentByIsNot() throws Exception {
        sink.answers(503, "application/json", "{}");
        var file = FILE + "z".repeat(1 << 20) + "\r\n";

        var kept = settled(post(file + model("acme/two") + END)).settlement();
        var gone = settled(post(model("acme/two") + file + END)).settlement();

        assertThat(kept.attempts().getLast().targetModel()).isEqualTo("third");
        assertThat(kept.attempts().getLast().status()).isEqualTo(503);
        assertThat(gone.attempts().getLast().targetModel()).isEqualTo("third");
        assertThat(gone.attempts().getLast().error()).contains("not called");
        assertThat(gone.charged()).isFalse();
        assertThat(sink.taken()).hasSize(3);
    }

    @Test
    void aSecondModelBehindAFileEndsTheUploadBeforeTheTargetHasItWhole() throws Exception {
        var good = model("acme/busy") + FILE + "x".repeat(1 << 20) + "\r\n";

        var reply = post(good + model("acme/dear") + END);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(Json.parse(reply.body().getBytes(StandardCharsets.UTF_8)).at("/error/param"))
                .hasToString("\"model\"");
        assertThat(reply.body()).contains("\"duplicate_parameter\"");
        var settlement = settled(reply).settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(settlement.charged()).isFalse();
        assertThat(sink.taken().poll(20, TimeUnit.SECONDS))
                .matches(taken -> !taken.whole() && taken.bytes() <= good.length() + 1);
        var small = post(model("acme/busy") + FILE + "x\r\n" + model("acme/busy") + END);
        assertThat(small.status()).isEqualTo(400);
        assertThat(terminal(small)).isInstanceOf(Refused.class);
        assertThat(sink.taken()).isEmpty();
    }

    @Test
    void anUploadThatIsTooLongIsRefusedWithOrWithoutItsLength() throws Exception {
        try (var http = TestHttp.connect(rig.edge.port())) {
            head(http, "content-length: " + (UPLOAD_BYTES_MAX + 1));
            assertThat(http.read().status()).isEqualTo(413);
        }
        try (var http = TestHttp.connect(rig.edge.port())) {
            head(http, "transfer-encoding: chunked");
            chunk(http, model("acme/busy") + FILE);
            var megabyte = "x".repeat(1 << 20);
            try {
                for (int i = 0; i <= UPLOAD_BYTES_MAX >> 20; i++) {
                    chunk(http, megabyte);
                }
            } catch (SocketException refused) {
                // It was answered before it had sent all of it.
            }
            assertThat(http.read().status()).isEqualTo(413);
        }
        assertThat(sink.taken().poll(20, TimeUnit.SECONDS)).matches(taken -> !taken.whole());
    }

    @Test
    void anUploadInChunksIsSentInChunks() throws Exception {
        var body = model("acme/busy") + FILE + "c".repeat(300_000) + "\r\n" + END;
        try (var http = TestHttp.connect(rig.edge.port())) {
            head(http, "transfer-encoding: chunked");
            chunk(http, body); // Everything is one chunk, which the edge never holds whole.
            http.send("0\r\n\r\n");
            assertThat(http.read().status()).isEqualTo(200);
        }
        assertTaken(body.replace("acme/busy", "whisper"), false);
    }

    @Test
    void aClientThatLeavesWithinItsUploadIsChargedNothing() throws Exception {
        int open = sink.open();
        try (var http = TestHttp.connect(rig.edge.port())) {
            head(http, "content-length: 10000000");
            http.send(model("acme/cut") + FILE + "x".repeat(1 << 20));
            Eventually.await(EdgeRig.PATIENCE, "it began", () -> sink.open() > open);
            http.abort();
        }
        assertThat(sink.taken().poll(20, TimeUnit.SECONDS)).matches(taken -> !taken.whole());
        var settled =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "its end",
                        () -> ends(UploadsIT::left),
                        ends -> ends.size() == 1);
        assertThat(((Settled) settled.getFirst()).settlement().charged()).isFalse();
    }

    @Test
    void fiftyUploadsOf25MegabytesPassAtOnceThroughAMemoryThatHoldsNoneOfThemWhole()
            throws Exception {
        var gate = sink.hold();
        var sending = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < UPLOADS; i++) {
            sending.add(this::large);
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = sending.stream().map(threads::submit).toList();
            Eventually.await(
                    BEGUN_PATIENCE,
                    "all of them begun, none ended",
                    () -> begun(replies),
                    List.of(UPLOADS + " begun")::equals);
            gate.countDown();
            for (var reply : replies) {
                assertThat(reply.get(120, TimeUnit.SECONDS)).isEqualTo(200);
            }
        } finally {
            gate.countDown();
        }
        long length = FILE_BYTES + 0L + (model("whisper") + FILE + "\r\n" + END).length();
        assertThat(sink.taken()).hasSize(UPLOADS).allMatch(Taken::whole);
        assertThat(sink.taken()).extracting(Taken::bytes).containsOnly(length);
        assertThat(sink.taken()).extracting(Taken::crc).containsOnly(sink.taken().peek().crc());
    }

    /** How many stand there, and what the others got. */
    private List<String> begun(List<Future<Integer>> replies) {
        var ended =
                replies.stream()
                        .filter(Future::isDone)
                        .map(reply ->
                                reply.state() == Future.State.SUCCESS
                                        ? "" + reply.resultNow()
                                        : "" + reply.exceptionNow());
        return Stream.concat(Stream.of(sink.open() + " begun"), ended).toList();
    }

    private int large() throws IOException {
        var before = model("acme/busy") + FILE;
        var after = "\r\n" + END;
        var block = new byte[256 << 10];
        try (var http = TestHttp.connect(rig.edge.port())) {
            head(http, "content-length: " + (before.length() + FILE_BYTES + after.length()));
            http.send(before);
            for (int sent = 0; sent < FILE_BYTES; sent += block.length) {
                http.send(block);
            }
            return http.send(after).read().status();
        }
    }

    @Test
    void usageOfTranscriptsIsReadByTokensAndInStreams() throws Exception {
        var body = model("acme/busy") + FILE + "x\r\n" + END;
        var tokens =
                "\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"output_tokens\":45,"
                        + "\"input_token_details\":{\"audio_tokens\":14},\"total_tokens\":59}";
        sink.answers(200, "application/json", "{\"text\":\"x\"," + tokens + "}");
        assertUsage(post(body), UsageSource.PROVIDER, 14, 45);

        sink.answers(
                200,
                "application/json",
                "{\"text\":\"x\",\"usage\":{\"type\":\"duration\",\"seconds\":9}}");
        assertUsage(post(body), UsageSource.MISSING, 0, 0);

        var events =
                "data: {\"type\":\"transcript.text.delta\",\"delta\":\"x\"}\n\n"
                        + "data: {\"type\":\"transcript.text.done\",\"text\":\"x\","
                        + tokens
                        + "}\n\n";
        sink.answers(200, "text/event-stream", events);
        var streamed = post(body.replace(END, field("stream", "true") + END));
        assertThat(streamed.body()).isEqualTo(events);
        assertUsage(streamed, UsageSource.PROVIDER, 14, 45);
        assertThat(settled(streamed).call().stream()).isTrue();
    }

    private void assertUsage(Reply reply, UsageSource source, long input, long output) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        var settlement = settled(reply).settlement();
        assertThat(settlement.usageSource()).isEqualTo(source);
        assertThat(settlement.usage().inputTokens()).isEqualTo(input);
        assertThat(settlement.usage().outputTokens()).isEqualTo(output);
    }

    @Test
    void filesComeOverHttp2AsWell() throws Exception {
        var file = FILE + "h".repeat(1 << 20) + "\r\n";
        var bodies = List.of(model("acme/busy") + file + END, file + model("acme/busy") + END);
        try (var client = rig.http2()) {
            for (var body : bodies) {
                var request =
                        HttpRequest.newBuilder(rig.http2Url(PATH))
                                .header("content-type", "multipart/form-data; boundary=b")
                                .header("authorization", "Bearer " + rig.key.whole())
                                .POST(BodyPublishers.ofString(body))
                                .build();
                var reply = client.send(request, BodyHandlers.ofString());

                assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
                assertThat(reply.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertTaken(body.replace("acme/busy", "whisper"), true);
            }
        }
    }

    @Test
    void aClientOfHttp2ThatDiesWithinItsUploadLeavesNothingBehind() throws Exception {
        int open = sink.open();
        var begin = model("acme/busy") + FILE + "x".repeat(200_000);
        var first = new ByteArrayInputStream(begin.getBytes(StandardCharsets.ISO_8859_1));
        var never = new PipedInputStream();
        try (var client = rig.http2();
                var _ = new PipedOutputStream(never)) {
            var body = new SequenceInputStream(first, never);
            var request =
                    HttpRequest.newBuilder(rig.http2Url(PATH))
                            .header("content-type", "multipart/form-data; boundary=b")
                            .header("authorization", "Bearer " + rig.key.whole())
                            .POST(BodyPublishers.ofInputStream(() -> body))
                            .build();
            var asked = client.sendAsync(request, BodyHandlers.ofString());
            Eventually.await(EdgeRig.PATIENCE, "it began", () -> sink.open() > open);
            client.shutdownNow();
            assertThat(sink.taken().poll(20, TimeUnit.SECONDS)).matches(taken -> !taken.whole());
            assertThat(asked).failsWithin(EdgeRig.PATIENCE);
        }
    }

    @Test
    void anUploadGoesToATargetBehindTlsForWhichTheOperatorsAuthorityVouches() throws Exception {
        try (var secured = new UploadSink(rig.authority.issue("localhost").server())) {
            rig.endpoint("acme/eu", List.of(target("whisper", secured.baseUrl(), 0)));
            Eventually.await(EdgeRig.PATIENCE, "endpoint published", () -> published("acme/eu"));

            var reply = post(model("acme/eu") + FILE + "s".repeat(1 << 20) + "\r\n" + END);

            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(secured.taken().poll(20, TimeUnit.SECONDS)).matches(Taken::whole);
        }
    }

    private void assertTaken(String body, boolean withLength) throws InterruptedException {
        var bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        var crc = new CRC32();
        crc.update(bytes);
        var taken = sink.taken().poll(20, TimeUnit.SECONDS);
        assertThat(taken)
                .isEqualTo(
                        new Taken(
                                withLength ? Optional.of("" + bytes.length) : Optional.empty(),
                                bytes.length,
                                crc.getValue(),
                                true));
    }

    private Reply post(String body) throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            head(http, "content-length: " + body.length());
            return http.send(body).read();
        }
    }

    private void head(TestHttp http, String framing) throws IOException {
        http.send(
                "POST "
                        + PATH
                        + " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
                        + rig.key.whole()
                        + "\r\ncontent-type: multipart/form-data; boundary=b\r\n"
                        + framing
                        + "\r\n\r\n");
    }

    private static void chunk(TestHttp http, String text) throws IOException {
        http.send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    private Map<String, String> auth() {
        return Map.of("authorization", "Bearer " + rig.key.whole());
    }

    private static String model(String name) {
        return field("model", name);
    }

    private static String field(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                .formatted(name, value);
    }

    private static Target target(String model, String url, int priority) {
        var timeouts = new Timeouts(30_000, 60_000, 60_000, 120_000);
        return new Target(
                Provider.OPENAI_COMPATIBLE,
                null,
                model,
                url,
                null,
                null,
                priority,
                1,
                timeouts,
                Map.of());
    }

    private Settled settled(Reply reply) {
        return (Settled) terminal(reply);
    }

    private RequestFact terminal(Reply reply) {
        var id = reply.header("x-request-id").orElseThrow();
        return Eventually.await(
                        EdgeRig.PATIENCE,
                        "the end of " + id,
                        () -> ends(fact -> fact.call().requestId().value().equals(id)),
                        ends -> ends.size() == 1)
                .getFirst();
    }

    private static boolean left(RequestFact fact) {
        return fact instanceof Settled settled
                && fact.call().modelSlug().equals("acme/cut")
                && settled.settlement().outcome() == Outcome.CLIENT_GONE;
    }

    private List<RequestFact> ends(Predicate<RequestFact> wanted) {
        return rig.awaitTerminals(0).stream().filter(RequestFact::terminal).filter(wanted).toList();
    }
}
