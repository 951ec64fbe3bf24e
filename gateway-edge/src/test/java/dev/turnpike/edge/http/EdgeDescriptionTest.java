package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.turnpike.edge.protocol.MessagesProtocol;
import dev.turnpike.edge.protocol.MultipartProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Holds the routes to the file that describes them; an IT holds the answers to it. */
class EdgeDescriptionTest {
    @Test
    void everyRouteIsDescribed() throws IOException {
        var paths = tree().path("paths");
        for (var route : OpenAiRoute.values()) {
            assertThat(paths.path(route.path()).has("post")).as("%s", route).isTrue();
        }
        assertThat(paths.path(MessagesProtocol.PATH).has("post")).isTrue();
        assertThat(paths.path(MessagesProtocol.COUNT_PATH).has("post")).isTrue();
        for (var route : MultipartProtocol.Route.values()) {
            assertThat(paths.path(route.path()).has("post")).as("%s", route).isTrue();
        }
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryOperationHasItsOwnId() throws IOException {
        var tree = tree();
        assertThat(tree.findValuesAsText("operationId")).doesNotHaveDuplicates();
        for (var reference : new HashSet<>(tree.findValuesAsText("$ref"))) {
            assertThat(tree.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
        }
    }

    @Test
    void theFileNamesNobody() {
        var own = new EdgeDescription("X-Acme", Optional.of("https://api.acme.example"));
        assertThat(new String(own.bytes(), StandardCharsets.UTF_8))
                .contains("X-Acme-Receipt", "{url: https://api.acme.example/v1}")
                .doesNotContain("Turnpike", "OpenAI", "Azure", "Anthropic");
    }

    private static JsonNode tree() throws IOException {
        return new YAMLMapper().readTree(EdgeDescription.packaged());
    }
}
