package dev.turnpike.launcher.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is given to a command in files: YAML, of which JSON is a part, or plain text. */
final class Documents {
    /** Largest file, in bytes. */
    static final int BYTES_MAX = 16 << 20;

    private static final String STDIN = "-";
    private static final YAMLMapper YAML =
            YAMLMapper.builder(
                            YAMLFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    // A customer whose name is "no" is none called false.
                                    .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private final InputStream stdin;

    Documents(InputStream stdin) {
        this.stdin = stdin;
    }

    /**
     * @param name of a file, or {@code -} for what is piped in
     * @throws UnreadableException if there is no such file, or no object in it
     */
    ObjectNode object(String name) {
        if (tree(text(name), name) instanceof ObjectNode object) {
            return object;
        }
        throw new UnreadableException(name + ": must hold an object");
    }

    /** The whole text of a file, without the line end behind it. */
    String text(String name) {
        try (var in = name.equals(STDIN) ? stdin : Files.newInputStream(Path.of(name))) {
            var bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new UnreadableException(name + ": longer than " + BYTES_MAX + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            throw new UnreadableException(name + ": cannot be read: " + e);
        }
    }

    /** What a text says as YAML. */
    static JsonNode tree(String text, String name) {
        try {
            var tree = YAML.readTree(text);
            if (tree == null || tree.isMissingNode()) {
                throw new UnreadableException(name + ": is empty");
            }
            return tree;
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new UnreadableException(
                    name
                            + (at == null ? "" : ":" + at.getLineNr())
                            + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse("not YAML"));
        }
    }

    /** A file that a command was given is of no use. */
    static final class UnreadableException extends RuntimeException {
        UnreadableException(String message) {
            super(message, null, false, false);
        }
    }
}
