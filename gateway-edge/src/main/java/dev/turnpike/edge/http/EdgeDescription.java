package dev.turnpike.edge.http;

import dev.turnpike.runtime.http.Routes;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The OpenAPI file of this listener, with the operator's header prefix and address in place of
 * ours.
 */
public final class EdgeDescription {
    private static final String FILE = "/openapi/edge.yaml";
    private static final String OUR_PREFIX = "X-Turnpike";

    private final byte[] yaml;

    /**
     * @param headerPrefix such as {@code X-Turnpike}
     * @param publicUrl where clients reach the gateway; empty for where they ask for this file
     */
    public EdgeDescription(String headerPrefix, Optional<String> publicUrl) {
        var text = new String(packaged(), StandardCharsets.UTF_8);
        yaml =
                text.replace(OUR_PREFIX, headerPrefix)
                        .replace("{url: /", "{url: " + publicUrl.orElse("") + "/")
                        .getBytes(StandardCharsets.UTF_8);
    }

    /** Serves it at {@code /openapi.yaml}; nobody is asked for a key. */
    public void addTo(Routes routes) {
        routes.get(
                "/openapi.yaml",
                (request, response) -> {
                    response.header(HeaderNames.CONTENT_TYPE, "application/yaml");
                    response.send(yaml);
                });
    }

    /** The file as it is served. */
    byte[] bytes() {
        return yaml.clone();
    }

    /** The file as it is packaged. */
    public static byte[] packaged() {
        try (var in = EdgeDescription.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("missing resource " + FILE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
