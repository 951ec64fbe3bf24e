package dev.turnpike.schemas.avro;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Derives the schema that the Java records of a subject would have now, documentation included. A
 * test holds the newest released schema against it; {@code main} writes it to a file when a new
 * version is to be released.
 */
final class SchemaDraft {
    private static final String NAMESPACE = "dev.turnpike";
    private static final Path SOURCES = Path.of("src/main/java");

    private final Map<Class<?>, Schema> named = new HashMap<>();
    private final boolean documented;

    private SchemaDraft(boolean documented) {
        this.documented = documented;
    }

    /** The schema of {@code subject} as its Java record stands, without documentation. */
    static Schema of(Subject subject) {
        return new SchemaDraft(false).schema(subject.type());
    }

    /**
     * Writes {@code <topic>.v<version>.avsc} for each subject: arguments are directory and version.
     */
    public static void main(String[] args) throws IOException {
        for (var subject : Subject.values()) {
            var file = Path.of(args[0], subject.topic().name() + ".v" + args[1] + ".avsc");
            var schema = new SchemaDraft(true).schema(subject.type());
            Files.writeString(file, SchemaFormatter.format("json/pretty", schema) + "\n");
        }
    }

    private Schema schema(Type type) {
        if (type instanceof ParameterizedType generic) {
            var last =
                    generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            return generic.getRawType() == List.class
                    ? Schema.createArray(schema(last))
                    : Schema.createMap(schema(last));
        }
        var raw = (Class<?>) type;
        if (raw == String.class || raw.isEnum()) {
            return Schema.create(Schema.Type.STRING);
        }
        if (raw == long.class || raw == Long.class) {
            return Schema.create(Schema.Type.LONG);
        }
        if (raw == int.class || raw == Integer.class) {
            return Schema.create(Schema.Type.INT);
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return Schema.create(Schema.Type.BOOLEAN);
        }
        if (raw == byte[].class) {
            return Schema.create(Schema.Type.BYTES);
        }
        if (raw == Instant.class) {
            return LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
        }
        if (raw.isRecord() && raw.getRecordComponents().length == 1) {
            return schema(raw.getRecordComponents()[0].getGenericType());
        }
        var known = named.get(raw);
        return known != null ? known : define(raw);
    }

    private Schema define(Class<?> raw) {
        var schema = Schema.createRecord(raw.getSimpleName(), classDoc(raw), NAMESPACE, false);
        named.put(raw, schema);
        var fields = new ArrayList<Schema.Field>();
        if (raw.isSealed()) {
            for (var variant : raw.getPermittedSubclasses()) {
                fields.add(nullable(AvroNodes.variantName(variant), schema(variant), null));
            }
        } else {
            for (var component : raw.getRecordComponents()) {
                fields.add(field(raw, component));
            }
        }
        schema.setFields(fields);
        return schema;
    }

    private Schema.Field field(Class<?> raw, RecordComponent component) {
        var schema = schema(component.getGenericType());
        var doc = componentDoc(raw, component.getName());
        if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
            return nullable(component.getName(), schema, doc);
        }
        return switch (schema.getType()) {
            case ARRAY -> new Schema.Field(component.getName(), schema, doc, List.of());
            case MAP -> new Schema.Field(component.getName(), schema, doc, Map.of());
            default -> new Schema.Field(component.getName(), schema, doc);
        };
    }

    private static Schema.Field nullable(String name, Schema schema, @Nullable String doc) {
        var union = Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
        return new Schema.Field(name, union, doc, Schema.Field.NULL_DEFAULT_VALUE);
    }

    private @Nullable String classDoc(Class<?> raw) {
        return first(
                "(?s)/\\*\\*((?:(?!\\*/).)*?)(?:@param(?:(?!\\*/).)*)?\\*/\\s*(?:public )?(?:sealed )?"
                        + "(?:record|interface) "
                        + raw.getSimpleName()
                        + "\\b",
                raw);
    }

    private @Nullable String componentDoc(Class<?> raw, String component) {
        return first(
                "(?s)@param "
                        + component
                        + " ((?:(?!@param|\\*/).)*)(?:(?!\\*/).)*\\*/\\s*"
                        + "(?:public )?record "
                        + raw.getSimpleName()
                        + "\\b",
                raw);
    }

    private @Nullable String first(String pattern, Class<?> raw) {
        if (!documented) {
            return null;
        }
        var top = raw.getEnclosingClass() == null ? raw : raw.getEnclosingClass();
        var file = SOURCES.resolve(top.getName().replace('.', '/') + ".java");
        try {
            var matcher = Pattern.compile(pattern).matcher(Files.readString(file));
            return matcher.find() ? clean(matcher.group(1)) : null;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String clean(String javadoc) {
        return javadoc.replaceAll("\\R\\s*\\*", " ")
                .replaceAll("\\{@(?:code|link) #?([^}]*)}", "$1")
                .replaceAll("<p>", "")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
