package dev.turnpike.runtime.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.io.IOException;

/**
 * The one way JSON is read and written: duplicate keys, unknown fields, trailing text and guessing
 * of types are refused, depth and size are bounded, numbers keep every digit, times are ISO-8601.
 */
public final class Json {
    /** Deepest document; the root counts as 1. */
    public static final int DEPTH_MAX = 64;

    /** Largest document, in bytes. A listener's own bound is usually lower. */
    public static final int BYTES_MAX = 64 << 20;

    /** Longest number, in characters. */
    public static final int NUMBER_LENGTH_MAX = 200;

    /** Longest field name, in characters. */
    public static final int NAME_LENGTH_MAX = 1_024;

    private static final JsonMapper MAPPER = build();

    private Json() {}

    /** The configured mapper. Immutable: derive a copy to change anything. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** An empty object to fill. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * Reads a document of any kind.
     *
     * @throws dev.turnpike.runtime.problem.ProblemException {@code invalid_request} saying where it
     *     is wrong, without a word of the document itself
     */
    public static JsonNode parse(byte[] body) {
        try {
            var tree = MAPPER.readTree(body);
            if (tree.isMissingNode()) {
                throw Problem.of(ErrorCode.INVALID_REQUEST, "The body is empty; JSON is expected")
                        .asException();
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw refused(e).asException();
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /**
     * Reads a document that must be an object.
     *
     * @throws dev.turnpike.runtime.problem.ProblemException {@code invalid_request}
     */
    public static ObjectNode parseObject(byte[] body) {
        if (parse(body) instanceof ObjectNode object) {
            return object;
        }
        throw Problem.of(ErrorCode.INVALID_REQUEST, "The body must be a JSON object").asException();
    }

    /**
     * Reads a document as a record.
     *
     * @throws dev.turnpike.runtime.problem.ProblemException {@code invalid_request} naming the
     *     field at fault
     */
    public static <T> T parse(byte[] body, Class<T> type) {
        try {
            return MAPPER.readValue(body, type);
        } catch (JsonProcessingException e) {
            throw refused(e).asException();
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /**
     * Writes a document.
     *
     * @throws IllegalStateException if {@code value} cannot be written; a bug
     */
    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    /** What is wrong with a document, for its sender. */
    static Problem refused(JacksonException e) {
        var at = e.getLocation();
        var where =
                at == null || at.getLineNr() < 1
                        ? ""
                        : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        if (e instanceof StreamConstraintsException) {
            return Problem.of(
                    ErrorCode.INVALID_REQUEST,
                    "The JSON body is nested deeper than " + DEPTH_MAX + " or too long" + where);
        }
        if (e.getOriginalMessage().startsWith("Duplicate field")) {
            return Problem.of(ErrorCode.INVALID_REQUEST, "The JSON body has a key twice" + where);
        }
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            var param = path(mapping);
            return Problem.invalid(param, "The field " + param + " is unknown or of a wrong type");
        }
        return Problem.of(ErrorCode.INVALID_REQUEST, "The body is not valid JSON" + where);
    }

    private static String path(JsonMappingException e) {
        var path = new StringBuilder();
        for (var reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    private static JsonMapper build() {
        var constraints =
                StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .maxDocumentLength(BYTES_MAX)
                        .maxStringLength(BYTES_MAX)
                        .maxNumberLength(NUMBER_LENGTH_MAX)
                        .maxNameLength(NAME_LENGTH_MAX)
                        .build();
        var factory =
                JsonFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                        .build();
        return JsonMapper.builder(factory)
                .addModule(new JavaTimeModule())
                .addModule(new Jdk8Module())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .build();
    }
}
