package dev.turnpike.launcher.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code docker-compose.yml} with its anchors and merges resolved. */
final class ComposeFile {
    private final JsonNode root;

    private ComposeFile(JsonNode root) {
        this.root = root;
    }

    /** Reads the file at the root of the project. */
    static ComposeFile read() throws IOException {
        try (var in = Files.newBufferedReader(path())) {
            // SnakeYAML itself, because Jackson does not know merges (<<).
            var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
            return new ComposeFile(new YAMLMapper().valueToTree(yaml.load(in)));
        }
    }

    static Path path() {
        return Path.of("..", "docker-compose.yml").toAbsolutePath().normalize();
    }

    /** The services by name. */
    Map<String, JsonNode> services() {
        return children(root.path("services"));
    }

    /** The services that run our image, by name. */
    Map<String, JsonNode> ours() {
        var ours = new TreeMap<String, JsonNode>();
        services()
                .forEach((name, service) -> {
                    if (service.path("image").asText().startsWith("turnpike:")) {
                        ours.put(name, service);
                    }
                });
        return ours;
    }

    Map<String, JsonNode> volumes() {
        return children(root.path("volumes"));
    }

    Map<String, JsonNode> secrets() {
        return children(root.path("secrets"));
    }

    /** Top-level names that are no extension. */
    List<String> sections() {
        return children(root).keySet().stream().filter(name -> !name.startsWith("x-")).toList();
    }

    /** The texts of a list; none when there is no such list. */
    static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        list.forEach(one -> texts.add(one.asText()));
        return texts;
    }

    /** The members of an object; none when it is no object. */
    static Map<String, JsonNode> children(JsonNode node) {
        var object =
                node instanceof ObjectNode found ? found : JsonNodeFactory.instance.objectNode();
        var children = new TreeMap<String, JsonNode>();
        object.properties().forEach(entry -> children.put(entry.getKey(), entry.getValue()));
        return children;
    }
}
