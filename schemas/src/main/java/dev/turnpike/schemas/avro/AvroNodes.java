package dev.turnpike.schemas.avro;

import dev.turnpike.schemas.usage.RequestRecord;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Binds Java types to schemas, once, when a codec is made. The rules: a record is an Avro record
 * with a field for each component; a record of one component may also stand for that component's
 * type; a sealed interface is a record with one nullable field for each variant, so that adding a
 * variant stays compatible; an enum is a string; an {@link Instant} is a long of microseconds.
 */
final class AvroNodes {
    private AvroNodes() {}

    /**
     * As {@link #of}, for the whole record of a subject: where code was made for writing it, that
     * writes it.
     */
    static AvroNode ofRecord(Class<? extends Record> type, Schema schema) {
        var general = of(type, schema);
        return type == RequestRecord.class ? new RequestRecordNode(general) : general;
    }

    /**
     * @throws IllegalArgumentException if the type and the schema differ, naming the place
     */
    static AvroNode of(Type type, Schema schema) {
        if (schema.getType() == Schema.Type.UNION) {
            return new ScalarNodes.NullableNode(of(type, nonNull(schema)));
        }
        if (type instanceof ParameterizedType generic) {
            return collection(generic, schema);
        }
        if (type instanceof Class<?> raw) {
            return plain(raw, schema);
        }
        throw mismatch(type, schema);
    }

    private static AvroNode plain(Class<?> raw, Schema schema) {
        if (raw.isSealed() && schema.getType() == Schema.Type.RECORD) {
            return oneOf(raw, schema);
        }
        if (raw.isRecord()) {
            return schema.getType() == Schema.Type.RECORD
                    ? record(raw, schema)
                    : wrapper(raw, schema);
        }
        if (raw.isEnum() && schema.getType() == Schema.Type.STRING) {
            return ScalarNodes.EnumNode.of(raw);
        }
        var scalar =
                switch (schema.getType()) {
                    case STRING -> raw == String.class ? ScalarNodes.TEXT : null;
                    case BOOLEAN ->
                            raw == boolean.class || raw == Boolean.class
                                    ? ScalarNodes.BOOLEAN
                                    : null;
                    case BYTES -> raw == byte[].class ? ScalarNodes.BYTES : null;
                    case INT -> raw == int.class || raw == Integer.class ? ScalarNodes.INT : null;
                    case LONG -> longNode(raw);
                    case RECORD, ENUM, ARRAY, MAP, UNION, FIXED, FLOAT, DOUBLE, NULL -> null;
                };
        if (scalar == null) {
            throw mismatch(raw, schema);
        }
        return scalar;
    }

    private static @Nullable AvroNode longNode(Class<?> raw) {
        if (raw == long.class || raw == Long.class) {
            return ScalarNodes.LONG;
        }
        return raw == Instant.class ? ScalarNodes.MICROS : null;
    }

    private static AvroNode collection(ParameterizedType type, Schema schema) {
        if (type.getRawType() == List.class && schema.getType() == Schema.Type.ARRAY) {
            return new CompositeNodes.ListNode(
                    of(type.getActualTypeArguments()[0], schema.getElementType()));
        }
        if (type.getRawType() == Map.class && schema.getType() == Schema.Type.MAP) {
            return new CompositeNodes.MapNode(
                    of(type.getActualTypeArguments()[1], schema.getValueType()));
        }
        throw mismatch(type, schema);
    }

    private static AvroNode record(Class<?> raw, Schema schema) {
        var components = raw.getRecordComponents();
        if (components.length != schema.getFields().size()) {
            throw mismatch(raw, schema);
        }
        var nodes = new ArrayList<AvroNode>();
        for (int i = 0; i < components.length; i++) {
            var field = schema.getFields().get(i);
            if (!components[i].getName().equals(field.name())) {
                throw new IllegalArgumentException(
                        raw.getSimpleName() + "." + components[i].getName() + " is not " + field);
            }
            nodes.add(of(typeOf(components[i]), field.schema()));
        }
        return CompositeNodes.RecordNode.of(raw, nodes);
    }

    private static AvroNode wrapper(Class<?> raw, Schema schema) {
        var components = raw.getRecordComponents();
        if (components.length != 1) {
            throw mismatch(raw, schema);
        }
        return CompositeNodes.WrapperNode.of(raw, of(typeOf(components[0]), schema));
    }

    private static AvroNode oneOf(Class<?> sealed, Schema schema) {
        var variants = sealed.getPermittedSubclasses();
        if (variants.length != schema.getFields().size()) {
            throw mismatch(sealed, schema);
        }
        var nodes = new ArrayList<AvroNode>();
        for (int i = 0; i < variants.length; i++) {
            var field = schema.getFields().get(i);
            if (!variantName(variants[i]).equals(field.name())) {
                throw mismatch(variants[i], schema);
            }
            nodes.add(of(variants[i], field.schema()));
        }
        return new CompositeNodes.OneOfNode(sealed.getSimpleName(), List.of(variants), nodes);
    }

    /** The field that holds a variant: the class name, first letter in lower case. */
    static String variantName(Class<?> variant) {
        var name = variant.getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static Type typeOf(RecordComponent component) {
        return component.getGenericType();
    }

    private static Schema nonNull(Schema union) {
        return union.getTypes().stream()
                .filter(branch -> branch.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a union of nothing"));
    }

    private static IllegalArgumentException mismatch(Type type, Schema schema) {
        return new IllegalArgumentException(
                type.getTypeName() + " does not fit the schema " + schema.getFullName());
    }
}
