package dev.turnpike.schemas.avro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.io.Encoder;
import org.jspecify.annotations.Nullable;

/** Nodes without parts. */
final class ScalarNodes {
    static final AvroNode TEXT =
            new Scalar() {
                @Override
                void put(Object value, Encoder out) throws IOException {
                    out.writeString((String) value);
                }

                @Override
                Object take(Object generic) {
                    return generic.toString();
                }
            };

    static final AvroNode LONG =
            new Scalar() {
                @Override
                void put(Object value, Encoder out) throws IOException {
                    out.writeLong((Long) value);
                }
            };

    static final AvroNode INT =
            new Scalar() {
                @Override
                void put(Object value, Encoder out) throws IOException {
                    out.writeInt((Integer) value);
                }
            };

    static final AvroNode BOOLEAN =
            new Scalar() {
                @Override
                void put(Object value, Encoder out) throws IOException {
                    out.writeBoolean((Boolean) value);
                }
            };

    static final AvroNode BYTES =
            new Scalar() {
                @Override
                void put(Object value, Encoder out) throws IOException {
                    out.writeBytes((byte[]) value);
                }

                @Override
                Object take(Object generic) {
                    var buffer = (ByteBuffer) generic;
                    var bytes = new byte[buffer.remaining()];
                    buffer.duplicate().get(bytes);
                    return bytes;
                }
            };

    static final AvroNode MICROS =
            new Scalar() {
                @Override
                void put(Object value, Encoder out) throws IOException {
                    out.writeLong(micros((Instant) value));
                }

                @Override
                Object take(Object generic) {
                    return Instant.EPOCH.plus((Long) generic, ChronoUnit.MICROS);
                }
            };

    private static final long MICROS_PER_SECOND = 1_000_000L;
    private static final int NANOS_PER_MICRO = 1_000;

    private ScalarNodes() {}

    /**
     * @throws ArithmeticException if there is no such number of microseconds
     */
    static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
                instant.getNano() / NANOS_PER_MICRO);
    }

    /** A place that is never null. */
    private abstract static class Scalar implements AvroNode {
        abstract void put(Object value, Encoder out) throws IOException;

        Object take(Object generic) {
            return generic;
        }

        @Override
        public final void write(@Nullable Object value, Encoder out) throws IOException {
            put(Objects.requireNonNull(value), out);
        }

        @Override
        public final Object read(@Nullable Object generic) {
            return take(Objects.requireNonNull(generic));
        }
    }

    /** An enum as its name; a name of a newer version is unreadable, never guessed. */
    static final class EnumNode extends Scalar {
        private final Map<String, Enum<?>> constants = new HashMap<>();
        private byte[][] names = new byte[0][];

        private EnumNode() {}

        static EnumNode of(Class<?> type) {
            var node = new EnumNode();
            for (var constant : type.getEnumConstants()) {
                var symbol = (Enum<?>) constant;
                node.constants.put(symbol.name(), symbol);
            }
            node.names =
                    Arrays.stream(type.getEnumConstants())
                            .map(constant ->
                                    ((Enum<?>) constant).name().getBytes(StandardCharsets.UTF_8))
                            .toArray(byte[][]::new);
            return node;
        }

        @Override
        void put(Object value, Encoder out) throws IOException {
            var name = names[((Enum<?>) value).ordinal()];
            out.writeBytes(name, 0, name.length); // As text: both are a length and the bytes.
        }

        @Override
        Object take(Object generic) {
            var constant = constants.get(generic.toString());
            if (constant == null) {
                throw new IllegalArgumentException("unknown symbol " + generic);
            }
            return constant;
        }
    }

    /** {@code ["null", X]}. */
    record NullableNode(AvroNode node) implements AvroNode {
        @Override
        public void write(@Nullable Object value, Encoder out) throws IOException {
            if (value == null) {
                out.writeIndex(0);
                out.writeNull();
            } else {
                out.writeIndex(1);
                node.write(value, out);
            }
        }

        @Override
        public @Nullable Object read(@Nullable Object generic) {
            return generic == null ? null : node.read(generic);
        }
    }
}
