package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Streams as real providers send them, each with one thing that some client cannot take, and error
 * bodies in the shapes of different servers. All of the streams say {@value #TEXT}, unless they say
 * nothing, and are worth {@link ScriptsByModel#USAGE}, unless they are of providers that do not
 * count.
 */
public final class QuirkScripts {
    /** What the streams say. */
    public static final String TEXT = "Hello from the quirk";

    static final Map<String, String> EVENTS = Map.of("content-type", "text/event-stream");
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final Map<String, String> HTML = Map.of("content-type", "text/html");
    static final String HEAD =
            "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"up\",";
    static final String ROLE = delta("{\"role\":\"assistant\",\"content\":\"\"}");
    static final String HELLO = delta("{\"content\":\"Hello from\"}");
    static final String REST = delta("{\"content\":\" the quirk\"}");
    static final String STOP =
            HEAD + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String USAGE_JSON = ScriptsByModel.USAGE.json();
    static final String USAGE = HEAD + "\"choices\":[],\"usage\":" + USAGE_JSON + "}";
    private static final int EMPTY_DELTAS = 10_000;
    private static final int COMMENTS = 10_000;

    private static final Map<String, Script> STREAMS = streams();
    private static final Map<String, Script> FAILING = failing();

    private QuirkScripts() {}

    /** Names of the streams; each is also the name of a model that answers so. */
    public static List<String> streamNames() {
        return List.copyOf(STREAMS.keySet());
    }

    /** The stream of that name. */
    public static Optional<Script> stream(String name) {
        return Optional.ofNullable(STREAMS.get(name))
                .or(() -> Optional.ofNullable(FAILING.get(name)));
    }

    /** Names of the streams that fail after their first words. */
    public static List<String> failingNames() {
        return List.copyOf(FAILING.keySet());
    }

    private static Map<String, Script> failing() {
        var all = new TreeMap<String, Script>();
        ProviderQuirks.addFailingTo(all);
        return Collections.unmodifiableMap(all);
    }

    /** The error body of that name, with a status; or empty. */
    public static Optional<Script> error(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "error-vllm" ->
                            error(
                                    400,
                                    "{\"error\":{\"message\":\"too long\",\"type\":\"BadRequestError\","
                                            + "\"param\":null,\"code\":400}}");
                    case "error-sglang" ->
                            error(
                                    400,
                                    "{\"object\":\"error\",\"message\":\"bad value\","
                                            + "\"type\":\"BadRequest\",\"param\":null,\"code\":400}");
                    case "error-text" -> Script.answer(name, 502, Map.of(), "bad gateway");
                    case "error-html" ->
                            Script.answer(name, 503, HTML, "<html>nginx upstream sk-secret</html>");
                    case "error-context" ->
                            error(
                                    400,
                                    "{\"error\":{\"message\":\"This model's maximum context length is"
                                            + " 8 tokens\",\"type\":\"invalid_request_error\","
                                            + "\"param\":\"messages\","
                                            + "\"code\":\"context_length_exceeded\"}}");
                    case "error-no-stream-options" ->
                            error(
                                    400,
                                    "{\"error\":{\"message\":\"Unrecognized request argument"
                                            + " supplied: stream_options\",\"code\":null}}");
                    default -> null;
                });
    }

    private static Script error(int status, String body) {
        return Script.answer("error-shape-" + status, status, JSON, body);
    }

    private static Map<String, Script> streams() {
        var all = new TreeMap<String, Script>();
        put(all, "quirk-none", ROLE, HELLO, REST, STOP, USAGE, "[DONE]");
        put(
                all,
                "quirk-error-null",
                HELLO.replace("{\"id\"", "{\"error\":null,\"id\""),
                REST,
                STOP,
                USAGE);
        put(all, "quirk-role-missing", HELLO, REST, STOP, USAGE, "[DONE]");
        put(
                all,
                "quirk-role-empty",
                delta("{\"role\":\"\",\"content\":\"Hello from\"}"),
                delta("{\"role\":\"assistant\",\"content\":\" the quirk\"}"),
                STOP,
                USAGE,
                "[DONE]");
        put(
                all,
                "quirk-no-choices",
                ROLE,
                HELLO,
                REST,
                STOP,
                HEAD + "\"usage\":" + USAGE_JSON + "}");
        put(
                all,
                "quirk-usage-on-content",
                with(ROLE, USAGE_JSON),
                with(HELLO, "{\"prompt_tokens\":11,\"completion_tokens\":2}"),
                with(REST, USAGE_JSON),
                with(STOP, USAGE_JSON),
                "[DONE]");
        put(all, "quirk-chunk-after-usage", ROLE, HELLO, USAGE, REST, STOP, "[DONE]");
        put(
                all,
                "quirk-finish-abort",
                ROLE,
                HELLO,
                REST,
                STOP.replace("stop", "abort"),
                USAGE,
                "[DONE]");
        put(all, "quirk-no-finish", ROLE, HELLO, REST, USAGE, "[DONE]");
        put(all, "quirk-no-done", ROLE, HELLO, REST, STOP, USAGE);
        put(
                all,
                "quirk-prompt-filter",
                "{\"id\":\"\",\"object\":\"\",\"created\":0,\"model\":\"\",\"choices\":[],"
                        + "\"prompt_filter_results\":[{\"prompt_index\":0}]}",
                ROLE,
                HELLO,
                REST,
                STOP,
                USAGE,
                "[DONE]");
        put(
                all,
                "quirk-usage-strings",
                ROLE,
                HELLO,
                REST,
                STOP,
                HEAD
                        + "\"choices\":[],\"usage\":{\"prompt_tokens\":\"11\","
                        + "\"completion_tokens\":\"5\",\"total_tokens\":\"16\"}}",
                "[DONE]");
        put(
                all,
                "quirk-extra-fields",
                ROLE,
                delta("{\"content\":\"Hello from\",\"x_signature\":\"a\\u0000\\u2028b\"}"),
                REST,
                STOP.replace(
                        "{\"id\"", "{\"service_tier\":\"default\",\"sglext\":{\"a\":1.0},\"id\""),
                USAGE,
                "[DONE]");
        all.put("quirk-crlf", raw("quirk-crlf", plain().replace("\n", "\r\n")));
        all.put("quirk-cr", raw("quirk-cr", plain().replace("\n", "\r")));
        all.put("quirk-no-space", raw("quirk-no-space", plain().replace("data: ", "data:")));
        all.put(
                "quirk-fields",
                raw(
                        "quirk-fields",
                        plain().replace("data: ", "id: 1\nretry: 10\nevent: message\ndata: ")));
        all.put(
                "quirk-several-lines",
                raw(
                        "quirk-several-lines",
                        plain().replace(",\"choices\"", ",\ndata: \"choices\"")));
        all.put(
                "quirk-no-last-blank-line",
                raw("quirk-no-last-blank-line", plain().stripTrailing()));
        all.put("quirk-bom", raw("quirk-bom", "\ufeff" + plain()));
        all.put(
                "quirk-empty-data",
                raw("quirk-empty-data", plain().replace("\n\n", "\n\ndata:\n\n: ping\n\n")));
        all.put(
                "quirk-comment-flood",
                raw("quirk-comment-flood", ": x\n\n".repeat(COMMENTS) + plain()));
        all.put("quirk-byte-by-byte", byteByByte());
        var empty = new ArrayList<String>();
        empty.add(ROLE);
        empty.addAll(Collections.nCopies(EMPTY_DELTAS, delta("{\"content\":\"\"}")));
        empty.addAll(List.of(HELLO, REST, STOP, USAGE, "[DONE]"));
        put(all, "quirk-empty-deltas", empty.toArray(String[]::new));
        ProviderQuirks.addTo(all);
        return Collections.unmodifiableMap(all);
    }

    static String plain() {
        return text(List.of(ROLE, HELLO, REST, STOP, USAGE, "[DONE]"));
    }

    private static Script byteByByte() {
        var steps = new ArrayList<Step>(List.of(new Status(200, EVENTS)));
        for (char c : plain().toCharArray()) {
            steps.add(new Send(String.valueOf(c)));
        }
        steps.add(new End());
        return new Script("quirk-byte-by-byte", steps);
    }

    static void put(Map<String, Script> all, String name, String... data) {
        all.put(name, raw(name, text(List.of(data))));
    }

    private static String text(List<String> data) {
        var text = new StringBuilder();
        data.forEach(event -> text.append("data: ").append(event).append("\n\n"));
        return text.toString();
    }

    static Script raw(String name, String body) {
        return Script.of(name, new Status(200, EVENTS), new Send(body), new End());
    }

    static String delta(String delta) {
        return HEAD + "\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}";
    }

    static String with(String chunk, String usage) {
        return chunk.substring(0, chunk.length() - 1) + ",\"usage\":" + usage + "}";
    }
}
