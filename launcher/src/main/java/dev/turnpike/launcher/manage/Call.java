package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One request to the management API.
 *
 * @param path as sent, with parameters filled in
 * @param query by name, not yet encoded
 * @param headers besides the key
 */
public record Call(
        String method,
        String path,
        SequencedMap<String, String> query,
        Map<String, String> headers,
        @Nullable JsonNode body) {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** A request to read. */
    public static Call get(String path, Map<String, String> query) {
        return new Call("GET", path, new LinkedHashMap<>(query), Map.of(), null);
    }

    /** The path of {@code operation} with its parameters filled in. */
    public static String path(Operation operation, List<String> parameters) {
        var path = operation.path();
        for (int i = 0; i < parameters.size(); i++) {
            path =
                    path.replace(
                            "{" + operation.pathParameters().get(i) + "}",
                            encoded(parameters.get(i)));
        }
        return path;
    }

    /** This request with one more parameter in its query. */
    public Call with(String name, String value) {
        var more = new LinkedHashMap<>(query);
        more.put(name, value);
        return new Call(method, path, more, headers, body);
    }

    /** This request with more headers. */
    Call with(Map<String, String> more) {
        var all = new HashMap<>(headers);
        all.putAll(more);
        return new Call(method, path, query, all, body);
    }

    /** The body byte for byte as it is sent; empty when there is none. */
    byte[] bytes() {
        return body == null ? new byte[0] : Json.bytes(body);
    }

    /** Whether sending it twice does no more than sending it once. */
    boolean repeatable() {
        return method.equals("GET") || headers.containsKey(IDEMPOTENCY_KEY);
    }

    /** Path and query as they stand in the request line. */
    String target() {
        return query.isEmpty()
                ? path
                : query.entrySet().stream()
                        .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                        .collect(Collectors.joining("&", path + "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
