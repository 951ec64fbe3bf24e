package dev.turnpike.runtime.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.turnpike.runtime.config.SettingsSource.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a settings file. Keys may be nested, dotted or both; a key given twice, an alias and a list
 * of anything but plain values are mistakes. Scalars keep the text of the file.
 */
final class YamlFile {
    /** Largest settings file, in bytes. */
    static final int BYTES_MAX = 1 << 20;

    /** Deepest nesting of keys. */
    static final int DEPTH_MAX = 16;

    private final Path path;
    private final Map<String, Given> values = new LinkedHashMap<>();
    private final List<String> mistakes = new ArrayList<>();

    private YamlFile(Path path) {
        this.path = path;
    }

    /**
     * @throws InvalidSettingsException with every mistake of the file
     */
    static Map<String, Given> read(Path path) {
        var file = new YamlFile(path);
        file.parse();
        if (!file.mistakes.isEmpty()) {
            throw new InvalidSettingsException(file.mistakes);
        }
        return file.values;
    }

    private void parse() {
        var factory =
                YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        try {
            if (Files.size(path) > BYTES_MAX) {
                mistakes.add(path + ": larger than " + BYTES_MAX + " bytes");
                return;
            }
            try (var parser = factory.createParser(Files.readAllBytes(path))) {
                var first = parser.nextToken();
                if (first == null) {
                    return; // An empty file sets nothing.
                }
                if (first != JsonToken.START_OBJECT) {
                    mistakes.add(path + ": must hold settings as `key: value`");
                    return;
                }
                object(parser, "", 1);
                if (parser.nextToken() != null) {
                    mistakes.add(path + ": more than one document");
                }
            }
        } catch (JsonProcessingException e) {
            var place = e.getLocation();
            mistakes.add(
                    path
                            + (place == null ? "" : ":" + place.getLineNr())
                            + ": not valid YAML ("
                            + e.getOriginalMessage().lines().findFirst().orElse("unreadable")
                            + ")");
        } catch (IOException e) {
            mistakes.add(path + ": cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private void object(YAMLParser parser, String prefix, int depth) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = prefix + parser.currentName();
            var line = parser.currentLocation().getLineNr();
            var token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                if (depth == DEPTH_MAX) {
                    mistakes.add(key + ": nested deeper than " + DEPTH_MAX);
                    parser.skipChildren();
                } else {
                    object(parser, key + ".", depth + 1);
                }
            } else if (token == JsonToken.START_ARRAY) {
                put(key, new Given(list(parser, key), true, where(line)));
            } else if (token == JsonToken.VALUE_NULL || parser.getText().isEmpty()) {
                mistakes.add(key + ": has no value");
            } else if (parser.isCurrentAlias()) {
                mistakes.add(key + ": aliases are not supported");
            } else {
                put(key, Given.scalar(parser.getText(), where(line)));
            }
        }
    }

    private List<String> list(JsonParser parser, String key) throws IOException {
        var parts = new ArrayList<String>();
        for (var token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                parts.add(parser.getText());
            } else {
                mistakes.add(key + ": a list may hold plain values only");
                parser.skipChildren();
            }
        }
        return parts;
    }

    private void put(String key, Given given) {
        if (values.putIfAbsent(key, given) != null) {
            mistakes.add(key + ": given twice");
        }
    }

    private String where(int line) {
        return path.getFileName() + ":" + line;
    }
}
