package dev.turnpike.launcher.edge;

import static dev.turnpike.launcher.contract.WhiteLabel.HIDDEN_MODEL;

import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.ScriptServer;
import dev.turnpike.testkit.http.Step.Reset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers of providers that say wherever they can who they are and whose account is used. */
final class TellTales {
    private static final int[] STATUSES = {
        301, 302, 307, 308, 400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504,
        529
    };

    private static final String SAYS =
            "OpenAI: Incorrect API key provided: sk-planted1234. You can find your API key at "
                    + "https://platform.openai.com/planted. Organization org-planted5678 of Azure has"
                    + " no access to '"
                    + HIDDEN_MODEL
                    + "' (Anthropic claude, req_planted9012, see docs.anthropic.com/planted)."
                    + " Contact planted@groq.com or Baseten";

    private static final String OPENAI_ERROR =
            "{\"error\":{\"message\":\"%s\",\"type\":\"openai_error\",\"code\":\"openai_planted\","
                            .formatted(SAYS)
                    + "\"param\":\"openai_planted\",\"provider\":\"OpenAI\"},"
                    + "\"provider\":\"Anthropic\",\"request_id\":\"req_planted\"}";
    private static final String ANTHROPIC_ERROR =
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"%s\"},"
                            .formatted(SAYS)
                    + "\"request_id\":\"req_planted\"}";
    private static final String MARKS =
            "\"provider\":\"OpenAI planted\",\"x_groq\":{\"id\":\"req_planted\"},\"model\":\""
                    + HIDDEN_MODEL
                    + "\"";
    private static final String USAGE =
            "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}";

    private TellTales() {}

    /** Ways to answer, by name. */
    static Map<String, ScriptServer.Director> all() {
        var all = new LinkedHashMap<String, ScriptServer.Director>();
        for (int status : STATUSES) {
            all.put("status " + status, _ -> answer(status, "application/json", OPENAI_ERROR));
        }
        for (int status : new int[] {200, 400, 500}) {
            all.put("words " + status, _ -> answer(status, "text/plain", SAYS));
            all.put("page " + status, _ -> answer(status, "text/html", "<h1>" + SAYS + "</h1>"));
            all.put(
                    "anthropic " + status,
                    _ -> answer(status, "application/json", ANTHROPIC_ERROR));
        }
        all.put("error 200", _ -> answer(200, "application/json", OPENAI_ERROR));
        all.put("good", TellTales::good);
        all.put("stream", request -> events(stream(request)));
        all.put("stream that fails", request -> events(stream(request) + failure(request)));
        all.put("stream that only fails", request -> events(failure(request)));
        all.put("stream of words", _ -> events("data: " + SAYS + "\n\n"));
        all.put(
                "stream that breaks",
                request -> {
                    var whole = events(stream(request));
                    return whole.cutAfter(2, new Reset());
                });
        return all;
    }

    private static Map<String, String> headers(String type) {
        return Map.ofEntries(
                Map.entry("content-type", type),
                Map.entry("openai-organization", "org-planted"),
                Map.entry("openai-version", "2020-10-01"),
                Map.entry("openai-processing-ms", "12"),
                Map.entry("anthropic-organization-id", "planted"),
                Map.entry("anthropic-ratelimit-requests-limit", "7"),
                Map.entry("x-request-id", "req_planted"),
                Map.entry("request-id", "req_planted"),
                Map.entry("x-ratelimit-limit-requests", "planted"),
                Map.entry("cf-ray", "planted-FRA"),
                Map.entry("cf-cache-status", "DYNAMIC"),
                Map.entry("server", "cloudflare"),
                Map.entry("via", "1.1 google"),
                Map.entry("alt-svc", "h3=\":443\""),
                Map.entry("set-cookie", "__cf_bm=planted"),
                Map.entry("x-groq-region", "planted"),
                Map.entry("apim-request-id", "planted"),
                Map.entry("content-disposition", "attachment; filename=planted"),
                Map.entry("www-authenticate", "Bearer realm=\"openai\""),
                Map.entry("location", "https://api.openai.com/planted"));
    }

    private static Script answer(int status, String type, String body) {
        return Script.answer("tell-tale", status, headers(type), body);
    }

    private static Script events(String body) {
        return answer(200, "text/event-stream; planted=openai", body);
    }

    private static boolean is(ReceivedRequest request, String path) {
        return request.target().contains(path);
    }

    private static Script good(ReceivedRequest request) {
        if (is(request, "/audio/speech")) {
            return answer(200, "audio/mpeg; planted=openai", "sound");
        }
        var json = "application/json; planted=openai";
        if (is(request, "/count_tokens")) {
            return answer(200, json, "{\"input_tokens\":3," + MARKS + "}");
        }
        if (is(request, "/messages")) {
            return answer(200, json, message("\"end_turn\""));
        }
        if (is(request, "/responses")) {
            return answer(
                    200,
                    json,
                    response(
                            "failed",
                            "\"error\":{\"code\":\"openai_planted\","
                                    + "\"message\":\""
                                    + SAYS
                                    + "\"},"));
        }
        if (is(request, "/embeddings")) {
            var vector = "{\"object\":\"embedding\",\"index\":0,\"embedding\":[1.0]}";
            return answer(
                    200,
                    json,
                    "{\"object\":\"list\",\"data\":[" + vector + "]," + MARKS + "," + USAGE + "}");
        }
        return answer(
                200,
                json,
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"text\":\"x\","
                        + "\"choices\":[{\"index\":0,\"text\":\"x\",\"message\":{\"role\":"
                        + "\"assistant\",\"content\":\"x\"},\"finish_reason\":\"stop\"}],"
                        + MARKS
                        + ","
                        + USAGE
                        + "}");
    }

    private static String message(String stop) {
        return "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
                + "\"provider\":\"OpenAI planted\",\"model\":\"%s\",".formatted(HIDDEN_MODEL)
                + "\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"stop_reason\":"
                + stop
                + ",\"stop_sequence\":null,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}";
    }

    private static String response(String status, String more) {
        return "{\"id\":\"resp_up\",\"object\":\"response\",\"status\":\"%s\",%s\"output\":[],%s}"
                .formatted(status, more, MARKS);
    }

    private static String stream(ReceivedRequest request) {
        var comment = ": OPENROUTER planted\nid: planted\nretry: 5\n\n";
        if (is(request, "/messages")) {
            return comment
                    + event("message_start", "\"message\":" + message("null"))
                    + event(
                            "content_block_start",
                            "\"index\":0,\"content_block\":" + "{\"type\":\"text\",\"text\":\"\"}")
                    + comment
                    + event(
                                    "content_block_delta",
                                    "\"index\":0,\"delta\":"
                                            + "{\"type\":\"text_delta\",\"text\":\"x\"}")
                            .replaceFirst("\n\n$", "\n: planted\n\n");
        }
        if (is(request, "/responses")) {
            return comment
                    + event("response.created", "\"response\":" + response("in_progress", ""))
                    + event("response.output_text.delta", "\"delta\":\"x\"");
        }
        var head =
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1," + MARKS;
        return comment
                + head
                + ",\"choices\":[{\"index\":0,\"text\":\"x\",\"delta\":{\"content\":\"x\"}}]}\n\n"
                + comment
                + head
                + ",\"choices\":[]}\n: planted\n\n";
    }

    private static String failure(ReceivedRequest request) {
        if (is(request, "/messages")) {
            return "event: error\ndata: " + ANTHROPIC_ERROR + "\n\n";
        }
        return is(request, "/responses")
                ? event(
                        "response.failed",
                        "\"response\":"
                                + response(
                                        "failed",
                                        "\"error\":{\"code\":\"openai_planted\",\"message\":\""
                                                + SAYS
                                                + "\"},"))
                : "data: " + OPENAI_ERROR + "\n\n";
    }

    private static String event(String type, String members) {
        return "event: %s\ndata: {\"type\":\"%s\",%s}\n\n".formatted(type, type, members);
    }
}
