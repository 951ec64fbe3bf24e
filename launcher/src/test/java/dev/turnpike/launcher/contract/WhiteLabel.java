package dev.turnpike.launcher.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Holds the answers of an installation with a name of its own to that name: no header and no body
 * names us, a provider, or what the servers are made of. A header that is not known here is at
 * fault whatever it says.
 */
public final class WhiteLabel {
    /** What the operator chose; for every service. */
    public static final Map<String, String> SETTINGS =
            Map.of(
                    "branding.key-brand", "acme",
                    "branding.header-prefix", "X-Acme",
                    "branding.gateway-url", "https://api.acme.example",
                    "branding.control-url", "https://control.acme.example/");

    /** Prefix of the operator's headers. */
    public static final String HEADER_PREFIX = "X-Acme";

    /** Providers under test put it into everything that must not be seen. */
    public static final String PLANTED = "planted";

    /** What targets under test call their model. */
    public static final String HIDDEN_MODEL = "hidden-model";

    private static final Pattern NAMES =
            Pattern.compile(
                    "turnpike|(?<![a-z0-9])tpm?_|helidon|jetty|netty|undertow"
                            + "|openai|anthropic|claude|chatgpt|baseten|azure|microsoft|vertex"
                            + "|gemini|google|mistral|groq|deepseek|together\\.ai|openrouter"
                            + "|fireworks|bedrock|amazon|cloudflare|cf-ray|confluent"
                            + "|java\\.|exception|stack ?trace|github\\.com|localhost"
                            + "|"
                            + PLANTED
                            + "|"
                            + HIDDEN_MODEL);

    private static final Pattern HEADERS =
            Pattern.compile(
                    ":status|connection|content-length|content-type|date|transfer-encoding|vary"
                            + "|etag|allow|trailer|cache-control|x-accel-buffering|accept-encoding"
                            + "|access-control-[a-z-]+"
                            + "|x-request-id|x-client-request-id|request-id"
                            + "|retry-after|retry-after-ms|x-should-retry"
                            + "|x-ratelimit-(limit|remaining|reset)-(requests|tokens)"
                            + "|x-acme-(position|receipt|overhead-ms|ignored)");

    private static final String PROVIDERS =
            "(?<![a-z.])(openai(_compatible)?|anthropic|baseten(_model_api)?|vertex)(?![a-z._])";

    /**
     * What has to be said all the same; none of it is for customers.
     *
     * @param paths where it may be said
     */
    private record Said(Pattern paths, Pattern words) {
        static Said of(String paths, String words) {
            return new Said(Pattern.compile(paths), Pattern.compile(words));
        }
    }

    private static final List<Said> SAID =
            List.of(
                    // Subjects are the names of topics, which billing pipelines subscribe to, and
                    // schemas have the namespace that their classes are generated in.
                    Said.of("/schema-registry/.*", "(dev\\.)?turnpike|" + PROVIDERS),
                    // Dashboards and alerts are written against these names.
                    Said.of("/metrics", "turnpike_[a-z_]+"),
                    // The values of a target's provider field, which operators have to write.
                    Said.of("/openapi\\.yaml", PROVIDERS + "|vertex_config"),
                    Said.of(
                            "/v1/gateway/(endpoints.*|changes)",
                            "one of (" + PROVIDERS + "|, |demo)+|vertex_config"),
                    // Part of the paths that clients of a common cloud call.
                    Said.of("/openapi\\.yaml", "/openai/(v1|deployments/)"));

    private static final int WIRE_QUIET_MILLIS = 400;
    private static final int WIRE_BYTES_MAX = 64 << 10;

    private WhiteLabel() {}

    /** Fails if {@code answer} names anybody. */
    public static void check(HttpResponse<byte[]> answer) {
        var path = answer.uri().getRawPath();
        var what = answer.request().method() + " " + path + " " + answer.statusCode();
        answer.headers().map().forEach((name, values) -> header(what, name, values.toString()));
        text(what, path, new String(answer.body(), StandardCharsets.UTF_8));
    }

    /** Fails if {@code headers} name anybody. */
    public static void checkHeaders(String what, Map<String, List<String>> headers) {
        headers.forEach((name, values) -> header(what, name, values.toString()));
    }

    /** Fails if {@code text} names anybody. */
    public static void checkText(String what, String text) {
        text(what, "", text);
    }

    private static void header(String what, String name, String value) {
        if (!HEADERS.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
            throw new AssertionError(what + " has the header " + name + ": " + value);
        }
        text(what + ", header " + name, "", value);
    }

    private static void text(String what, String path, String text) {
        var rest = text.toLowerCase(Locale.ROOT);
        for (var said : SAID) {
            if (said.paths().matcher(path).matches()) {
                rest = said.words().matcher(rest).replaceAll("");
            }
        }
        var found = NAMES.matcher(rest);
        if (found.find()) {
            int from = Math.max(0, found.start() - 80);
            int to = Math.min(rest.length(), found.end() + 80);
            throw new AssertionError(
                    what + " says '" + found.group() + "': ..." + rest.substring(from, to));
        }
    }

    /** Fails if what a listener answers to bytes that are no good request names anybody. */
    public static void checkWire(int port) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Callable<Void>>();
            for (var sent : wire()) {
                asked.add(() -> {
                    answered(sent, exchange(port, sent));
                    return null;
                });
            }
            for (var done : threads.invokeAll(asked)) {
                done.get();
            }
        }
    }

    private static List<String> wire() {
        var host = " HTTP/1.1\r\nhost: a\r\n";
        var chunked = host + "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
        return List.of(
                "GET /nowhere" + host + "\r\n",
                "GET /v1/nowhere?a=b" + host + "\r\n",
                "POST /openapi.yaml" + host + "content-length: 0\r\n\r\n",
                "DELETE /v1/models" + host + "\r\n",
                "PUT /v1/gateway/groups" + host + "content-length: 0\r\n\r\n",
                "TRACE /" + host + "\r\n",
                "CONNECT a:443" + host + "\r\n",
                "OPTIONS *" + host + "\r\n",
                "OPTIONS /v1/models" + host + "origin: https://b.example\r\n\r\n",
                "BREW /coffee" + host + "\r\n",
                "GET /%zz" + host + "\r\n",
                "GET /v1/../../etc/passwd" + host + "\r\n",
                "GET /" + "a".repeat(9 << 10) + host + "\r\n",
                "GET /v1/models" + host + "x-big: " + "b".repeat(40 << 10) + "\r\n\r\n",
                "GET / HTTP/3.0\r\nhost: a\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET /" + host + "bad header\r\n\r\n",
                "GET /" + host + "bad name: x\r\n\r\n",
                "GET /" + host + "a: \u0001\r\n\r\n",
                "POST /v1/chat/completions" + host + "content-length: -1\r\n\r\n",
                "POST /v1/chat/completions" + host + "content-length: x\r\n\r\n",
                "POST /v1/chat/completions" + chunked + "content-length: 3\r\n\r\n0\r\n\r\n",
                "POST /v1/chat/completions" + chunked + "\r\nzz\r\n{}\r\n0\r\n\r\n",
                "POST /v1/messages" + chunked + "\r\n-1\r\n{}\r\n0\r\n\r\n",
                "POST /v1/gateway/groups" + chunked + "\r\nzz\r\n{}\r\n0\r\n\r\n",
                "POST /v1/chat/completions" + host + "expect: 100-continue\r\n\r\n",
                "GET /v1/models" + host + "connection: upgrade\r\nupgrade: websocket\r\n\r\n",
                "GET /v1/models" + host + "connection: upgrade\r\nupgrade: h2c\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "nonsense".repeat(8),
                "\u0016\u0003\u0001\u0000\u0005hello",
                "nonsense\r\n\r\n");
    }

    /** Everything that comes until the server closes or has been quiet for a while. */
    private static String exchange(int port, String sent) throws IOException {
        var answer = new StringBuilder();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(WIRE_QUIET_MILLIS);
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            var buffer = new byte[4 << 10];
            while (answer.length() < WIRE_BYTES_MAX) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    break;
                }
                answer.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketTimeoutException | SocketException quiet) {
            // Kept open, or closed in the middle of what was sent: nothing more is said.
            return answer.toString();
        }
        return answer.toString();
    }

    private static void answered(String sent, String answer) {
        var what = sent.lines().findFirst().orElse("").strip();
        var shortened = what.length() > 60 ? what.substring(0, 60) : what;
        text(shortened, "", answer);
        if (answer.startsWith("HTTP/1.")) {
            answer.lines()
                    .skip(1)
                    .takeWhile(line -> !line.isEmpty())
                    .map(line -> line.split(":", 2))
                    .forEach(pair -> header(shortened, pair[0], pair.length == 2 ? pair[1] : ""));
        }
    }
}
