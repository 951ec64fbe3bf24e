package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.UsageSource;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import dev.turnpike.testkit.upstream.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The edge on its wire: what clients and upstreams do to it, and what it writes down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeIT {
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    private EdgeRig rig;
    private final Set<String> asked = new HashSet<>();

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        rig = new EdgeRig(directory, Map.of());
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    /** Whatever a test did, each request that was admitted has one terminal record, and no two. */
    @AfterEach
    void everyAdmittedRequestHasEndedOnce() {
        var facts =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "the ends of all that was asked",
                        () -> rig.awaitTerminals(0),
                        all ->
                                terminals(all).containsAll(asked)
                                        && terminals(all).containsAll(started(all)));
        assertThat(terminals(facts)).doesNotHaveDuplicates();
    }

    private List<String> started(List<RequestFact> facts) {
        return facts.stream().filter(f -> f instanceof Started).map(this::id).toList();
    }

    private List<String> terminals(List<RequestFact> facts) {
        return facts.stream().filter(RequestFact::terminal).map(this::id).toList();
    }

    private String id(RequestFact fact) {
        return fact.call().requestId().value();
    }

    @Test
    void aPlainCompletionIsAnsweredAndSettledByTheProvidersCount() throws IOException {
        var reply = chat("acme/good", "");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(json(reply).at("/model").asText()).isEqualTo("acme/good");
        assertThat(reply.header("x-request-id")).isPresent();
        assertThat(reply.header("x-turnpike-receipt")).isPresent();
        var settled = settled(reply);
        assertThat(settled.settlement().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(settled.settlement().usageSource()).isEqualTo(UsageSource.PROVIDER);
        var served =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "served whole",
                        () -> rig.upstream.ledger().requests().getLast(),
                        Exchange::servedWhole);
        assertThat(settled.settlement().usage().outputTokens()).isEqualTo(served.tokens());
    }

    @Test
    void aStreamHidesTheUsageItAskedForAndEndsWithDone() throws IOException {
        var reply = chat("acme/good", ",\"stream\":true");

        assertThat(reply.sseData()).last().isEqualTo("[DONE]");
        assertThat(reply.sseData()).noneMatch(data -> data.contains("\"usage\""));
        assertThat(reply.sseData().getFirst()).contains("\"acme/good\"");
        var upstream = rig.upstream.ledger().requests().getLast();
        assertThat(upstream.request().json().at("/stream_options/include_usage").asBoolean())
                .isTrue();
        assertThat(settled(reply).settlement().usageSource()).isEqualTo(UsageSource.PROVIDER);
    }

    @Test
    void aClientThatAskedForUsageSeesItOnce() throws IOException {
        var reply =
                chat("acme/good", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");

        assertThat(reply.sseData().stream().filter(d -> d.contains("\"usage\":{"))).hasSize(1);
    }

    @Test
    void aStreamWithoutUsageIsSettledByOurOwnCount() throws IOException {
        var settlement = settled(chat("acme/no-usage", ",\"stream\":true")).settlement();

        assertThat(settlement.usageSource()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(settlement.usage().outputTokens()).isPositive();
        assertThat(settlement.usage().inputTokens()).isPositive();
    }

    @Test
    void anUpstreamThatHangsGives504AndChargesNothing() throws IOException {
        var reply = chat("acme/hang", "");

        assertThat(reply.status()).isEqualTo(504);
        var settlement = settled(reply).settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(settlement.charged()).isFalse();
    }

    @Test
    void anUpstreamThatBreaksOffMidStreamEndsInAnErrorEventAndChargesThePrompt()
            throws IOException {
        var reply = chat("acme/reset-midstream", ",\"stream\":true");

        assertThat(reply.sseData().getLast()).contains("\"error\"");
        assertThat(reply.sseData()).doesNotContain("[DONE]");
        var settlement = settled(reply).settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(settlement.usage().inputTokens()).isPositive();
        assertThat(settlement.usage().outputTokens()).isZero();
    }

    @Test
    void anUpstreamThatSendsGarbageGives502() throws IOException {
        var reply = chat("acme/garbage", "");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(settled(reply).settlement().charged()).isFalse();
    }

    @Test
    void anUpstreamThatResetsBeforeTheFirstByteGives502() throws IOException {
        var reply = chat("acme/reset", "");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(settled(reply).settlement().charged()).isFalse();
    }

    @Test
    void aClientThatLeavesCancelsTheUpstreamAndPaysForWhatWasGenerated() throws IOException {
        Reply left;
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", auth(), body("acme/endless", ",\"stream\":true"));
            left = noted(http.readHead());
            http.readPart();
            http.readPart();
            http.abort();
        }

        Eventually.await(
                EdgeRig.PATIENCE,
                "upstream cancelled",
                () -> rig.upstream.ledger().requests().getLast().played().isPresent());
        var settlement = settled(left).settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(settlement.charged()).isTrue();
        assertThat(settlement.usage().outputTokens()).isPositive();
    }

    @Test
    void aRequestOverTheLimitIsRefusedWithADecisionThatExplainsIt() throws IOException {
        rig.group(List.of(new Limit(LimitType.REQUEST, LimitUnit.MINUTE, 0)));
        Eventually.await(EdgeRig.PATIENCE, "limit in force", () -> status("acme/good") == 429);
        var reply = chat("acme/good", "");
        rig.group(List.of());

        var error = json(reply).path("error");
        assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(reply.header("x-should-retry")).contains("false");
        assertThat(reply.header("retry-after")).isEmpty();
        var refused = (Refused) terminal(reply);
        assertThat(refused.decision().id().value()).isEqualTo(error.path("decision").asText());
        assertThat(refused.decision().limit()).isNotNull();
        Eventually.await(EdgeRig.PATIENCE, "limit lifted", () -> status("acme/good") == 200);
    }

    @ParameterizedTest
    @MethodSource
    void aWrongKeyIsAlwaysTheSame401(String authorization) throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            var headers = Map.of("authorization", authorization);
            http.postJson("/v1/chat/completions", headers, body("acme/good", ""));
            var reply = http.read();

            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.body()).contains("\"code\":\"invalid_api_key\"");
            assertThat(reply.body()).contains("Incorrect API key provided");
        }
    }

    /** Else callers without a key could fill the memory with bodies. */
    @Test
    void aWrongKeyIsRefusedBeforeTheBodyIsRead() throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n"
                            + "authorization: Bearer sk-nonsense\r\n\r\n{");

            assertThat(http.read().status()).isEqualTo(401);
        }
    }

    static Stream<String> aWrongKeyIsAlwaysTheSame401() {
        var other = ApiKeyText.generate("tp", new SecureRandom());
        var management = ApiKeyText.generate("tpm", new SecureRandom());
        return Stream.of(
                "Bearer " + other.whole(),
                "Bearer " + management.whole(),
                "Bearer sk-nonsense",
                "Bearer " + other.whole().substring(0, 30),
                "Bearer ' OR 1=1 --",
                "Api-Key " + other.whole());
    }

    @Test
    void everyRecordNamesTheGroupsBetweenThatOfTheKeyAndTheRoot() {
        var chain =
                Stream.of("A", "B", "C").map(n -> GroupId.ofUlid("01JD" + n.repeat(22))).toList();
        var key = rig.keyBelow(chain);
        Eventually.await(EdgeRig.PATIENCE, "key known", () -> status("acme/good", key) == 200);

        assertThat(status("acme/none", key)).isEqualTo(404);
        var records =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "both requests of the key have ended",
                        () -> rig.awaitTerminals(0).stream().filter(f -> of(key, f)).toList(),
                        found -> found.stream().filter(RequestFact::terminal).count() == 2);
        assertThat(records).extracting(Object::getClass).contains(Started.class, Refused.class);
        assertThat(records)
                .extracting(fact -> fact.call().caller().groupsBetween())
                .containsOnly(chain.subList(0, 2));
    }

    private static boolean of(ApiKeyText key, RequestFact fact) {
        return fact.call().caller().apiKeyPrefix().value().equals(key.prefix());
    }

    @Test
    void aRevokedKeyStopsWorking() throws IOException {
        var text = ApiKeyText.generate("tp", new SecureRandom());
        var record = rig.key(text);
        rig.write(record);
        Eventually.await(EdgeRig.PATIENCE, "key works", () -> status("acme/good", text) == 200);
        rig.delete(record);
        Eventually.await(EdgeRig.PATIENCE, "key is dead", () -> status("acme/good", text) == 401);
    }

    @Test
    void aKeyThatIsRevokedWhileItsBodyComesIsRefused() throws IOException {
        var text = ApiKeyText.generate("tp", new SecureRandom());
        var record = rig.key(text);
        rig.write(record);
        Eventually.await(EdgeRig.PATIENCE, "key works", () -> status("acme/good", text) == 200);
        var body = body("acme/good", "");
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.send(
                            "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: "
                                    + body.length()
                                    + "\r\nexpect: 100-continue\r\nauthorization: Bearer "
                                    + text.whole()
                                    + "\r\n\r\n")
                    .readContinue();
            rig.delete(record);
            Eventually.await(
                    EdgeRig.PATIENCE, "key is dead", () -> status("acme/good", text) == 401);

            assertThat(http.send(body).read().status()).isEqualTo(401);
        }
    }

    /**
     * Else a client could put an answer of its own before what the next one on a proxy's line gets.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {"POST /v1/nope", "POST /v1/chat/completions", "GET /v1/models/acme/good"})
    void aBodyThatWasNotAskedForIsNoRequest(String begin) throws IOException {
        var body = "GET /v1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.send(
                    begin
                            + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);

            assertThat(http.read().header("connection")).contains("close");
            assertThat(http.closedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource
    void aBadBodyIsRefusedBeforeAnythingIsCalled(String body, String complaint) throws IOException {
        int before = rig.upstream.ledger().requests().size();
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", auth(), body);
            var reply = http.read();

            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.body()).contains("invalid_request_error").contains(complaint);
        }
        assertThat(rig.upstream.ledger().requests()).hasSize(before);
    }

    static Stream<Object[]> aBadBodyIsRefusedBeforeAnythingIsCalled() {
        return Stream.of(
                new Object[] {"", "JSON"},
                new Object[] {"{", "JSON"},
                new Object[] {"[]", "object"},
                new Object[] {"{\"model\":\"a/b\",\"model\":\"acme/good\"," + HELLO + "}", "twice"},
                new Object[] {"{\"mod\\u0065l\":\"a/b\",\"model\":\"c/d\"," + HELLO + "}", "twice"},
                new Object[] {"{" + HELLO + "}", "'model'"},
                new Object[] {"{\"model\":7," + HELLO + "}", "'model'"},
                new Object[] {"{\"model\":\"acme/good\"}", "'messages'"},
                new Object[] {"{\"model\":\"acme/good\",\"messages\":\"hi\"}", "'messages'"},
                new Object[] {
                    "{\"model\":\"acme/good\",\"stream\":\"yes\"," + HELLO + "}", "'stream'"
                },
                new Object[] {
                    body("acme/good", ",\"x\":" + "[".repeat(10_000) + "]".repeat(10_000)), "dee"
                });
    }

    @Test
    void aBodyOf100MegabytesIsRefusedWithoutReadingIt() throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
                            + rig.key.whole()
                            + "\r\ncontent-length: 104857600\r\n\r\n{\"a\":\"");
            var reply = http.read();

            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.body()).contains("request_too_large");
        }
    }

    /** Pictures stand in bodies as text; vendors take 32 MB and more. */
    @Test
    void aBodyOf9MegabytesIsTaken() throws IOException {
        var reply = chat("acme/good", ",\"picture\":\"" + "x".repeat(9 << 20) + "\"");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(settled(reply).settlement().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aPackedBodyIsUnpackedForTheProvider() throws IOException {
        var body = body("acme/good", ",\"user\":\"packed\"");
        assertThat(packed("/v1/chat/completions", "gzip", body).status()).isEqualTo(200);
        var sent = rig.upstream.ledger().requests().getLast().request();
        assertThat(sent.json().path("user").asText()).isEqualTo("packed");
        assertThat(sent.header("content-encoding")).isEmpty();

        int before = rig.upstream.ledger().requests().size();
        var bomb = packed("/v1/chat/completions", "gzip", " ".repeat(33 << 20) + body);
        assertThat(bomb.status()).isEqualTo(413);
        assertThat(packed("/v1/chat/completions", "br", body).status()).isEqualTo(415);
        assertThat(packed("/v1/audio/transcriptions", "gzip", body).status()).isEqualTo(415);
        assertThat(rig.upstream.ledger().requests()).hasSize(before);
    }

    private Reply packed(String path, String coding, String body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.send(
                    "POST "
                            + path
                            + " HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
                            + "authorization: Bearer "
                            + rig.key.whole()
                            + "\r\ncontent-encoding: "
                            + coding
                            + "\r\ncontent-length: "
                            + bytes.size()
                            + "\r\n\r\n");
            return http.send(bytes.toByteArray()).read();
        }
    }

    @Test
    void twoKeysOnLinesOfTheSameNameAreRefusedIfTheyDiffer() throws IOException {
        var other = ApiKeyText.generate("tp", new SecureRandom());
        rig.write(rig.key(other));
        Eventually.await(
                EdgeRig.PATIENCE, "second key known", () -> status("acme/good", other) == 200);
        var bearer = "authorization: Bearer ";
        var header = "x-api-key: ";
        for (var line : List.of(bearer, header)) {
            assertThat(models(line + rig.key.whole(), line + other.whole())).isEqualTo(401);
            assertThat(models(line + rig.key.whole(), line + rig.key.whole())).isEqualTo(200);
        }
        assertThat(models("authorization: Bearer\t" + rig.key.whole())).isEqualTo(200);
        var many = new ArrayList<>(List.of(bearer + rig.key.whole()));
        for (int i = 0; i < 8; i++) {
            many.add(header + "placeholder-" + i);
        }
        assertThat(models(many.toArray(String[]::new))).isEqualTo(401);
        assertThat(models(many.subList(0, 8).toArray(String[]::new))).isEqualTo(200);
    }

    private int models(String... lines) throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            var head = "GET /v1/models HTTP/1.1\r\nhost: a\r\n" + String.join("\r\n", lines);
            return http.send(head + "\r\n\r\n").read().status();
        }
    }

    @Test
    void aHeadSaysHowLongTheAnswerWouldBe() throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            var body = http.request("GET", "/v1/models", auth(), "").read().body();
            http.request("HEAD", "/v1/models", auth(), "");

            assertThat(http.readHead().header("content-length"))
                    .contains(String.valueOf(body.getBytes(StandardCharsets.UTF_8).length));
        }
    }

    @Test
    void anUnknownModelIs404WithTheSameWordsAsOneNotGranted() throws IOException {
        var unknown = chat("acme/none", "");
        rig.endpoint("acme/secret", "good");
        var notGranted = chat("acme/secret", "");

        assertThat(unknown.status()).isEqualTo(404);
        assertThat(notGranted.status()).isEqualTo(404);
        assertThat(message(unknown).replace("none", "secret")).isEqualTo(message(notGranted));
    }

    @Test
    void modelsAreListedAndRetrievedWithTheirSlash() throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            var list = http.request("GET", "/v1/models", auth(), "").read();
            assertThat(list.body()).contains("\"acme/good\"").doesNotContain("acme/secret");
            var one = http.request("GET", "/v1/models/acme/good", auth(), "").read();
            assertThat(one.body()).contains("\"id\":\"acme/good\"");
            var encoded = http.request("GET", "/v1/models/acme%2Fgood", auth(), "").read();
            assertThat(encoded.status()).isEqualTo(200);
        }
    }

    private static JsonNode json(Reply reply) {
        return Json.parse(reply.body().getBytes(StandardCharsets.UTF_8));
    }

    private static String message(Reply reply) {
        return json(reply).at("/error/message").asText();
    }

    /** How the request ended that {@code reply} answers. */
    private Settled settled(Reply reply) {
        return (Settled) terminal(reply);
    }

    private RequestFact terminal(Reply reply) {
        var id = reply.header("x-request-id").orElseThrow();
        return Eventually.await(
                        EdgeRig.PATIENCE,
                        "the end of " + id,
                        () ->
                                rig.awaitTerminals(0).stream()
                                        .filter(RequestFact::terminal)
                                        .filter(fact -> id(fact).equals(id))
                                        .toList(),
                        ends -> ends.size() == 1)
                .getFirst();
    }

    /** Every caller that is known leaves a record. */
    private Reply noted(Reply reply) {
        if (reply.status() != 401) {
            asked.add(reply.header("x-request-id").orElseThrow());
        }
        return reply;
    }

    private Reply chat(String model, String more) throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", auth(), body(model, more));
            return noted(http.read());
        }
    }

    private int status(String model) {
        return status(model, rig.key);
    }

    private int status(String model, ApiKeyText key) {
        try (var http = TestHttp.connect(rig.edge.port())) {
            var headers = Map.of("authorization", "Bearer " + key.whole());
            http.postJson("/v1/chat/completions", headers, body(model, ""));
            return noted(http.read()).status();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> auth() {
        return Map.of("authorization", "Bearer " + rig.key.whole());
    }

    private static String body(String model, String more) {
        return "{\"model\":\"" + model + "\"," + HELLO + more + "}";
    }
}
