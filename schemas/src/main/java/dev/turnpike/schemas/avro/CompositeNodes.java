package dev.turnpike.schemas.avro;

import java.io.IOException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.Encoder;
import org.jspecify.annotations.Nullable;

/** Nodes with parts. */
final class CompositeNodes {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private CompositeNodes() {}

    /** A Java record as an Avro record, component by component. */
    static final class RecordNode implements AvroNode {
        private final Getter[] getters;
        private final AvroNode[] nodes;
        private final MethodHandle constructor;

        private RecordNode(Getter[] getters, AvroNode[] nodes, MethodHandle constructor) {
            this.getters = getters;
            this.nodes = nodes;
            this.constructor = constructor;
        }

        static RecordNode of(Class<?> type, List<AvroNode> nodes) {
            return new RecordNode(
                    gettersOf(type).toArray(Getter[]::new),
                    nodes.toArray(AvroNode[]::new),
                    constructorOf(type));
        }

        @Override
        public void write(@Nullable Object value, Encoder out) throws IOException {
            for (int i = 0; i < nodes.length; i++) {
                nodes[i].write(getters[i].get(value), out);
            }
        }

        @Override
        public Object read(@Nullable Object generic) {
            var record = (IndexedRecord) Objects.requireNonNull(generic);
            var arguments = new @Nullable Object[nodes.length];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = nodes[i].read(record.get(i));
            }
            return construct(constructor, arguments);
        }
    }

    /** A record of one component in place of that component. */
    record WrapperNode(Getter getter, AvroNode node, MethodHandle constructor) implements AvroNode {
        static WrapperNode of(Class<?> type, AvroNode node) {
            return new WrapperNode(gettersOf(type).getFirst(), node, constructorOf(type));
        }

        @Override
        public void write(@Nullable Object value, Encoder out) throws IOException {
            node.write(getter.get(value), out);
        }

        @Override
        public Object read(@Nullable Object generic) {
            return construct(constructor, new @Nullable Object[] {node.read(generic)});
        }
    }

    /** A sealed family as a record of which exactly one field is set. */
    record OneOfNode(String name, List<Class<?>> variants, List<AvroNode> nodes)
            implements AvroNode {
        @Override
        public void write(@Nullable Object value, Encoder out) throws IOException {
            for (int i = 0; i < nodes.size(); i++) {
                nodes.get(i).write(variants.get(i).isInstance(value) ? value : null, out);
            }
        }

        @Override
        public Object read(@Nullable Object generic) {
            var record = (IndexedRecord) Objects.requireNonNull(generic);
            for (int i = 0; i < nodes.size(); i++) {
                var variant = record.get(i);
                if (variant != null) {
                    return Objects.requireNonNull(nodes.get(i).read(variant));
                }
            }
            throw new IllegalArgumentException("a " + name + " of a newer version");
        }
    }

    /** A list as an array. */
    record ListNode(AvroNode node) implements AvroNode {
        @Override
        public void write(@Nullable Object value, Encoder out) throws IOException {
            var list = (List<?>) Objects.requireNonNull(value);
            out.writeArrayStart();
            out.setItemCount(list.size());
            for (int i = 0; i < list.size(); i++) { // Most are empty; an iterator would be made.
                out.startItem();
                node.write(list.get(i), out);
            }
            out.writeArrayEnd();
        }

        @Override
        public Object read(@Nullable Object generic) {
            var list = new ArrayList<@Nullable Object>();
            for (var item : (List<?>) Objects.requireNonNull(generic)) {
                list.add(node.read(item));
            }
            return list;
        }
    }

    /** A map from text; written in the order of its keys, so that equal maps give equal bytes. */
    record MapNode(AvroNode node) implements AvroNode {
        @Override
        public void write(@Nullable Object value, Encoder out) throws IOException {
            var map = (Map<?, ?>) Objects.requireNonNull(value);
            var keys = map.keySet().toArray();
            Arrays.sort(keys);
            out.writeMapStart();
            out.setItemCount(keys.length);
            for (var key : keys) {
                out.startItem();
                out.writeString((String) key);
                node.write(map.get(key), out);
            }
            out.writeMapEnd();
        }

        @Override
        public Object read(@Nullable Object generic) {
            var map = new HashMap<String, @Nullable Object>();
            ((Map<?, ?>) Objects.requireNonNull(generic))
                    .forEach((key, item) -> map.put(key.toString(), node.read(item)));
            return map;
        }
    }

    private static List<Getter> gettersOf(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).map(CompositeNodes::getterOf).toList();
    }

    /**
     * A call of the accessor that the compiler can see through, unlike a handle held in a field.
     */
    private static Getter getterOf(RecordComponent component) {
        try {
            var accessor = LOOKUP.unreflect(component.getAccessor());
            var boxed = accessor.type().wrap();
            return (Getter)
                    LambdaMetafactory.metafactory(
                                    LOOKUP,
                                    "get",
                                    MethodType.methodType(Getter.class),
                                    MethodType.methodType(Object.class, Object.class),
                                    accessor,
                                    boxed)
                            .getTarget()
                            .invoke();
        } catch (Throwable e) {
            throw new IllegalArgumentException(component + " has no public accessor", e);
        }
    }

    /** Reads one component of a record. */
    interface Getter {
        @Nullable Object get(@Nullable Object record);
    }

    private static MethodHandle constructorOf(Class<?> type) {
        try {
            var parameters =
                    Arrays.stream(type.getRecordComponents())
                            .map(component -> component.getType())
                            .toArray(Class<?>[]::new);
            return LOOKUP.unreflectConstructor(type.getDeclaredConstructor(parameters))
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalArgumentException(type + " has no public constructor", e);
        }
    }

    private static Object construct(MethodHandle constructor, @Nullable Object[] arguments) {
        try {
            return (Object) constructor.invokeExact(arguments);
        } catch (Throwable e) {
            throw sneak(e);
        }
    }

    /** Accessors and constructors of records declare no checked exceptions. */
    private static RuntimeException sneak(Throwable e) {
        return switch (e) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
