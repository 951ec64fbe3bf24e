package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * More streams for {@link QuirkScripts}: how providers count, how they call tools, text that is
 * hard to carry, and streams that say in the middle that they failed.
 */
final class ProviderQuirks {
    private static final String TOTALS =
            "\"prompt_tokens\":11,\"completion_tokens\":5,\"total_tokens\":16";
    private static final String ZEROS =
            "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}";

    /** Thinking stands in the total alone. */
    private static final String GEMINI =
            "{\"prompt_tokens\":11,\"completion_tokens\":2,\"total_tokens\":16}";

    private ProviderQuirks() {}

    /** Adds the streams that are worth {@link ScriptsByModel#USAGE}. */
    static void addTo(Map<String, Script> all) {
        counted(
                all,
                "usage-deepseek",
                ",\"prompt_cache_hit_tokens\":6," + "\"prompt_cache_miss_tokens\":5");
        counted(all, "usage-moonshot-cached", ",\"cached_tokens\":6");
        counted(all, "usage-sglang", ",\"reasoning_tokens\":2,\"prompt_tokens_details\":null");
        counted(
                all,
                "usage-proxy-of-anthropic",
                ",\"cache_read_input_tokens\":4,\"cache_creation_input_tokens\":2,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":4}");
        QuirkScripts.put(
                all,
                "usage-moonshot-in-choice",
                QuirkScripts.ROLE,
                QuirkScripts.HELLO,
                QuirkScripts.REST,
                QuirkScripts.STOP.replace(
                        "\"finish_reason\":\"stop\"",
                        "\"finish_reason\":\"stop\",\"usage\":{" + TOTALS + "}"),
                "[DONE]");
        QuirkScripts.put(
                all,
                "usage-ollama-zeros-first",
                QuirkScripts.with(QuirkScripts.ROLE, ZEROS),
                QuirkScripts.with(QuirkScripts.HELLO, ZEROS),
                QuirkScripts.with(QuirkScripts.REST, ZEROS),
                QuirkScripts.STOP,
                QuirkScripts.USAGE,
                "[DONE]");
        QuirkScripts.put(
                all,
                "usage-gemini",
                QuirkScripts.with(QuirkScripts.ROLE, GEMINI),
                QuirkScripts.with(QuirkScripts.HELLO, GEMINI),
                QuirkScripts.with(QuirkScripts.REST, GEMINI),
                QuirkScripts.with(QuirkScripts.STOP, GEMINI),
                "[DONE]");
        tools(all);
        odd(all);
    }

    private static void counted(Map<String, Script> all, String name, String more) {
        QuirkScripts.put(
                all,
                name,
                QuirkScripts.ROLE,
                QuirkScripts.HELLO,
                QuirkScripts.REST,
                QuirkScripts.STOP,
                QuirkScripts.HEAD + "\"choices\":[],\"usage\":{" + TOTALS + more + "}}",
                "[DONE]");
    }

    private static void tools(Map<String, Script> all) {
        var call =
                "{\"role\":\"assistant\",\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":"
                        + "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"%s\"}}]}";
        QuirkScripts.put(
                all,
                "quirk-tool-repeated",
                QuirkScripts.HELLO,
                QuirkScripts.REST,
                QuirkScripts.delta(call.formatted("{")),
                QuirkScripts.delta(call.formatted("}")),
                QuirkScripts.STOP.replace("stop", "tool_calls"),
                QuirkScripts.USAGE,
                "[DONE]");
        QuirkScripts.put(
                all,
                "quirk-tool-without-index",
                QuirkScripts.HELLO,
                QuirkScripts.REST,
                QuirkScripts.delta(call.formatted("{}").replace("\"index\":0,", "")),
                QuirkScripts.STOP.replace("stop", "tool_calls"),
                QuirkScripts.USAGE,
                "[DONE]");
    }

    private static void odd(Map<String, Script> all) {
        var plain = QuirkScripts.plain();
        all.put(
                "quirk-retry-alone",
                QuirkScripts.raw(
                        "quirk-retry-alone", plain.replace("\n\n", "\n\nretry: 10\n\nid: 7\n\n")));
        var text =
                plain.replace(
                        "\"content\":\" the quirk\"",
                        "\"content\":\" the quirk\",\"x\":\"\ud83d\udc69\u200d\ud83d\udc67 \u05e9\u05dc"
                                + "\u2028\\ud83d data: [DONE]\\n\\n\"");
        var steps = new ArrayList<Step>(List.of(new Status(200, QuirkScripts.EVENTS)));
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            steps.add(new Send(new byte[] {each}, 0));
        }
        steps.add(new End());
        all.put("quirk-unicode-bytes", new Script("quirk-unicode-bytes", steps));
    }

    /** Adds the streams that fail after their first words. */
    static void addFailingTo(Map<String, Script> all) {
        var error = "\"error\":{\"code\":502,\"message\":\"the provider went away\"}";
        QuirkScripts.put(
                all,
                "fail-error-event",
                QuirkScripts.ROLE,
                QuirkScripts.HELLO,
                "{" + error + "}",
                "[DONE]");
        QuirkScripts.put(
                all,
                "fail-error-in-chunk",
                QuirkScripts.ROLE,
                QuirkScripts.HELLO,
                QuirkScripts.STOP
                        .replace("\"stop\"", "\"error\"")
                        .replace("{\"id\"", "{" + error + ",\"id\""),
                "[DONE]");
        QuirkScripts.put(
                all,
                "fail-message-is-object",
                QuirkScripts.ROLE,
                QuirkScripts.HELLO,
                "{\"error\":{\"message\":{\"text\":\"no\"},\"code\":1}}");
        all.put(
                "fail-half-an-event",
                QuirkScripts.raw(
                        "fail-half-an-event",
                        "data: " + QuirkScripts.ROLE + "\n\ndata: {\"id\":\"c1\",\"cho"));
    }
}
