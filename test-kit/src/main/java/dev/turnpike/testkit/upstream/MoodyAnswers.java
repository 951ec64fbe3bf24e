package dev.turnpike.testkit.upstream;

import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.ScriptServer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * {@link ScriptsByModel}, and the answers of a provider that has no time now: {@code busy-STATUS}
 * refuses every request, {@code flaky-STATUS} the first one with the same body, each asking to come
 * again in {@value #RETRY_AFTER_MILLIS} ms. Remembers the bodies. Thread-safe.
 */
final class MoodyAnswers implements ScriptServer.Director {
    /** Long enough to be told from none, short enough not to be waited for. */
    static final String RETRY_AFTER_MILLIS = "20";

    private static final Pattern MOODY = Pattern.compile("(busy|flaky)-(\\d+)");

    private final Set<String> refusedOnce = ConcurrentHashMap.newKeySet();

    @Override
    public Script direct(ReceivedRequest request) {
        var body = request.json();
        var moody = MOODY.matcher(body.path("model").asText(""));
        if (!moody.matches()) {
            return ScriptsByModel.choose(request);
        }
        if (moody.group(1).equals("flaky") && !refusedOnce.add(request.target() + request.text())) {
            return ScriptsByModel.choose(request);
        }
        int status = Integer.parseInt(moody.group(2));
        var refusal =
                AnthropicByModel.asked(request)
                        ? AnthropicByModel.error(status)
                        : ScriptsByModel.error(status);
        return refusal.with("retry-after-ms", RETRY_AFTER_MILLIS).named(moody.group());
    }
}
