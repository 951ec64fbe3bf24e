package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upstream.Header;
import dev.turnpike.schemas.control.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a target that speaks Anthropic's Messages API is addressed. */
final class AnthropicTarget {
    private static final String VERSION = "anthropic-version";
    private static final String BETA = "anthropic-beta";

    /** Said where the client, who speaks another API, cannot know of it. */
    private static final String VERSION_DEFAULT = "2023-06-01";

    private AnthropicTarget() {}

    /**
     * The client's own version and betas go on unchanged, whatever they are; what the operator set
     * for the target goes before them.
     */
    static List<Header> headers(Target target, RequestHeaders client, boolean stream) {
        var headers = new ArrayList<Header>(4);
        headers.add(new Header("content-type", "application/json"));
        headers.add(new Header("accept", stream ? "text/event-stream" : "application/json"));
        if (!set(target, VERSION)) {
            headers.add(
                    forwarded(VERSION, client.first(VERSION))
                            .orElse(new Header(VERSION, VERSION_DEFAULT)));
        }
        if (!set(target, BETA)) {
            // Some SDKs send one line with all of them, others one line for each.
            var betas = String.join(",", client.all(BETA));
            forwarded(BETA, Optional.of(betas)).ifPresent(headers::add);
        }
        return headers;
    }

    private static boolean set(Target target, String name) {
        return target.headers().keySet().stream()
                .anyMatch(each -> each.toLowerCase(Locale.ROOT).equals(name));
    }

    private static Optional<Header> forwarded(String name, Optional<String> said) {
        return said.filter(value -> !value.isEmpty() && value.length() <= Header.VALUE_CHARS_MAX)
                .filter(value -> value.chars().allMatch(c -> c >= ' ' && c < 0x7f))
                .map(value -> new Header(name, value));
    }
}
