package dev.turnpike.edge.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A path that names the model before the operation, as Azure and the oldest clients have it: {@code
 * acme/chat/chat/completions}. The model may be written with its slash or with {@code %2F}.
 *
 * @param model decoded
 * @param operation the path behind {@code /v1}, beginning with a slash
 */
record DeploymentPath(String model, String operation) {
    /**
     * @param raw what stands behind the fixed part, still encoded
     * @param operations the paths that are served
     */
    static Optional<DeploymentPath> parse(String raw, List<String> operations) {
        int slash = raw.indexOf('/');
        var first = slash < 0 ? raw : raw.substring(0, slash);
        if (first.toLowerCase(Locale.ROOT).contains("%2f")) {
            var rest = trimmed(raw.substring(first.length()));
            return operations.contains(rest)
                    ? Optional.of(new DeploymentPath(decoded(first), rest))
                    : Optional.empty();
        }
        var plain = trimmed(raw);
        return operations.stream()
                .filter(plain::endsWith)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(operation ->
                        new DeploymentPath(
                                decoded(plain.substring(0, plain.length() - operation.length())),
                                operation))
                .filter(path -> path.model().indexOf('/') > 0)
                .findFirst();
    }

    private static String trimmed(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
