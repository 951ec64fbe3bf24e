package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.End;
import dev.turnpike.testkit.http.Step.Send;
import dev.turnpike.testkit.http.Step.SendSse;
import dev.turnpike.testkit.http.Step.Sleep;
import dev.turnpike.testkit.http.Step.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers of an OpenAI-compatible chat provider, good and bad. Each delta counts as one token. */
public final class ChatScripts {
    private static final String MODEL = "scripted";
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final Step STREAM_HEAD =
            new Status(200, Map.of("content-type", "text/event-stream; charset=utf-8"));
    private static final SendSse FIRST = chunk("{\"role\":\"assistant\",\"content\":\"\"}", 0);
    private static final SendSse DONE = new SendSse("[DONE]", 0);
    private static final SendSse FINISH =
            new SendSse(
                    chunkJson("[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]", ""), 0);

    private ChatScripts() {}

    /** A whole answer in one JSON object; empty usage leaves the field out. */
    public static Script chatJson(String text, Optional<Usage> usage) {
        var body =
                """
                {"id":"chatcmpl-scripted","object":"chat.completion","created":1760000000,\
                "model":"%s","choices":[{"index":0,"message":{"role":"assistant","content":%s},\
                "finish_reason":"stop"}]%s}\
                """
                        .formatted(MODEL, Quoted.json(text), usageField(usage));
        int tokens = usage.map(Usage::completion).orElse(0);
        return Script.answer("json", 200, JSON, body, tokens);
    }

    /**
     * A stream: role, deltas, finish, usage in a chunk of its own, {@code [DONE]}.
     *
     * @param gap before each delta; zero for none
     */
    public static Script chatStream(List<String> deltas, Optional<Usage> usage, Duration gap) {
        var steps = opening(deltas, gap);
        steps.add(FINISH);
        usage.ifPresent(counts -> steps.add(usageChunk(counts)));
        steps.addAll(List.of(DONE, new End()));
        return new Script("stream", steps);
    }

    /** A stream whose every chunk carries the usage so far, as some providers send it. */
    public static Script usageOnEveryChunk(List<String> deltas, Usage usage) {
        var steps = new ArrayList<Step>(List.of(STREAM_HEAD));
        int completion = 0;
        for (var delta : deltas) {
            var soFar = new Usage(usage.prompt(), ++completion);
            steps.add(new SendSse(chunkJson(content(delta), usageField(Optional.of(soFar))), 1));
        }
        var last = "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]";
        steps.add(new SendSse(chunkJson(last, usageField(Optional.of(usage))), 0));
        steps.addAll(List.of(DONE, new End()));
        return new Script("usage-everywhere", steps);
    }

    /** A stream that ends well but without its {@code [DONE]}. */
    public static Script missingDone(List<String> deltas, Usage usage) {
        var steps = opening(deltas, Duration.ZERO);
        steps.addAll(List.of(FINISH, usageChunk(usage), new End()));
        return new Script("no-done", steps);
    }

    /** A stream that gives these deltas and then does {@code fault}: a reset, a hang, bytes. */
    public static Script breakingOff(String name, List<String> deltas, Duration gap, Step fault) {
        var steps = opening(deltas, gap);
        steps.add(fault);
        return new Script(name, steps);
    }

    /** A stream without end, one word per gap. */
    public static Script endless(Duration gap) {
        var word = List.<Step>of(new Sleep(gap), delta("again "));
        return new Script(
                "endless",
                () ->
                        Stream.concat(
                                        Stream.of(STREAM_HEAD, FIRST),
                                        Stream.generate(() -> word).flatMap(List::stream))
                                .iterator());
    }

    /** Refuses in OpenAI's error shape; no {@code retry-after} header when the delay is empty. */
    public static Script error(int status, String code, Optional<Duration> retryAfter) {
        var headers =
                retryAfter
                        .map(delay ->
                                Map.of(
                                        "content-type",
                                        "application/json",
                                        "retry-after",
                                        Long.toString(delay.toSeconds())))
                        .orElse(JSON);
        var body =
                """
                {"error":{"message":"scripted failure","type":"scripted_error","param":null,\
                "code":"%s"}}\
                """
                        .formatted(code);
        return Script.answer("error-" + status, status, headers, body);
    }

    /** Bytes that are not HTTP, then a close. */
    public static Script garbage() {
        return Script.of("garbage", new Send("\u0000\u0001!! this is no HTTP at all \r\n\r\n{{{"));
    }

    /** An answer with status 200 whose body is not JSON. */
    public static Script garbageBody() {
        return Script.answer("garbage-body", 200, JSON, "<html>{\"choices\": [}");
    }

    /** A stream with one event of {@code length} characters, in one line. */
    public static Script hugeLine(int length, Usage usage) {
        return chatStream(List.of("x".repeat(length)), Optional.of(usage), Duration.ZERO)
                .named("huge-line");
    }

    /** One event of a stream with this text. */
    public static SendSse delta(String text) {
        return chunk("{\"content\":%s}".formatted(Quoted.json(text)), 1);
    }

    private static List<Step> opening(List<String> deltas, Duration gap) {
        var steps = new ArrayList<Step>(List.of(STREAM_HEAD, FIRST));
        for (var text : deltas) {
            if (gap.isPositive()) {
                steps.add(new Sleep(gap));
            }
            steps.add(delta(text));
        }
        return steps;
    }

    private static SendSse usageChunk(Usage usage) {
        return new SendSse(chunkJson("[]", usageField(Optional.of(usage))), 0);
    }

    private static SendSse chunk(String delta, int tokens) {
        return new SendSse(chunkJson(choice(delta), ""), tokens);
    }

    private static String content(String text) {
        return choice("{\"content\":%s}".formatted(Quoted.json(text)));
    }

    private static String choice(String delta) {
        return "[{\"index\":0,\"delta\":%s,\"finish_reason\":null}]".formatted(delta);
    }

    private static String chunkJson(String choices, String more) {
        return """
        {"id":"chatcmpl-scripted","object":"chat.completion.chunk","created":1760000000,\
        "model":"%s","choices":%s%s}\
        """
                .formatted(MODEL, choices, more);
    }

    private static String usageField(Optional<Usage> usage) {
        return usage.map(counts -> ",\"usage\":" + counts.json()).orElse("");
    }
}
