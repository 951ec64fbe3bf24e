package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a request of the old completions route into the words of chat completions: the prompt is
 * what a user says, and the answer is what follows it.
 */
public final class CompletionsToChat {
    private static final int TRANSLATED_EXTRA_BYTES = 128;

    /** Members that go on under the same name. */
    private static final Set<String> SAME =
            Set.of("model", "stream", "max_tokens", "temperature", "top_p", "stop", "user", "n");

    private static final Set<String> HANDLED =
            Set.of("prompt", "suffix", "echo", "best_of", "stream_options", "metadata");

    private CompletionsToChat() {}

    /**
     * @param body a request that was scanned before
     * @throws BodyFaultException if it asks for what a chat cannot give
     */
    public static Translation translate(byte[] body, int from, int to) throws BodyFaultException {
        var request = JsonView.of(body, from, to).members();
        refuse(request);
        var out = new JsonOut(to - from + TRANSLATED_EXTRA_BYTES);
        var ignored = new ArrayList<String>();
        out.object();
        for (var member : request.entrySet()) {
            if (SAME.contains(member.getKey())) {
                out.member(member.getKey(), member.getValue());
            } else if (!HANDLED.contains(member.getKey())) {
                ignored.add(member.getKey());
            }
        }
        out.name("messages").array().object().member("role", "user");
        out.member("content", prompt(request)).endObject().endArray().endObject();
        return new Translation(out.slice(), ignored);
    }

    private static void refuse(Map<String, JsonView> request) throws BodyFaultException {
        if (JsonView.string(request, "suffix") != null) {
            throw Unsupported.parameter("suffix", "Text behind the answer");
        }
        var echo = request.get("echo");
        if (echo != null && echo.isTrue()) {
            throw Unsupported.of("echo", "Repeating the prompt");
        }
        var best = request.get("best_of");
        if (best != null && best.number() > 1) {
            throw Unsupported.of("best_of", "More than one choice");
        }
    }

    private static JsonView prompt(Map<String, JsonView> request) throws BodyFaultException {
        var prompt = request.get("prompt");
        var prompts = prompt == null ? List.<JsonView>of() : prompt.elements();
        var only = prompts.size() == 1 ? prompts.getFirst() : prompt;
        if (only == null || !only.isString()) {
            throw Unsupported.type("prompt", "one string for this model");
        }
        return only;
    }
}
