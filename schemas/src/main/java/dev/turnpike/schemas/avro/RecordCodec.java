package dev.turnpike.schemas.avro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SystemLimitException;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;

/**
 * Turns the values of one topic into bytes and back, in Confluent wire format: a zero byte, four
 * bytes of schema id, Avro binary. Thread-safe.
 *
 * @param <T> the Java record bound to the subject's schema
 */
public final class RecordCodec<T extends Record> {
    private static final int ENVELOPE_BYTES = 5;
    private static final byte MAGIC = 0;

    /** Bytes or items of one part of a record; no whole record is as long. */
    private static final int PART_MAX = 16 * 1024 * 1024;

    static {
        // Avro makes room for as much as damaged bytes announce, two gigabytes if they say so. It
        // asks for its bounds once, when it first reads; what somebody else has set stays.
        Stream.of(
                        SystemLimitException.MAX_BYTES_LENGTH_PROPERTY,
                        SystemLimitException.MAX_STRING_LENGTH_PROPERTY,
                        SystemLimitException.MAX_COLLECTION_LENGTH_PROPERTY)
                .filter(limit -> System.getProperty(limit) == null)
                .forEach(limit -> System.setProperty(limit, Integer.toString(PART_MAX)));
    }

    private final Subject subject;
    private final Class<T> type;
    private final SchemaIds ids;
    private final Schema schema;
    private final AvroNode node;

    /** Most records fit. */
    private static final int FIRST_BYTES = 768;

    private final Map<Integer, GenericDatumReader<Object>> readers = new ConcurrentHashMap<>();

    private RecordCodec(Subject subject, Class<T> type, SchemaIds ids) {
        this.subject = subject;
        this.type = type;
        this.ids = ids;
        this.schema = CompiledSchemas.INSTANCE.latest(subject);
        this.node = AvroNodes.ofRecord(type, schema);
    }

    /**
     * A codec that asks {@code ids} for the numbers of schemas.
     *
     * @throws IllegalArgumentException if {@code type} is not the record of {@code subject}, or
     *     differs from its schema
     */
    public static <T extends Record> RecordCodec<T> of(
            Subject subject, Class<T> type, SchemaIds ids) {
        if (subject.type() != type) {
            throw new IllegalArgumentException(subject + " does not hold " + type.getSimpleName());
        }
        return new RecordCodec<>(subject, type, ids);
    }

    /** A codec with the fixed ids of the compiled schemas. */
    public static <T extends Record> RecordCodec<T> of(Subject subject, Class<T> type) {
        return of(subject, type, CompiledSchemas.INSTANCE);
    }

    /** Encodes {@code value}. */
    public byte[] encode(T value) {
        var out = new ArrayEncoder(FIRST_BYTES);
        encode(value, out);
        return out.toByteArray();
    }

    /** Encodes {@code value} behind what {@code out} has. After a failure it may have a part. */
    public void encode(T value, ArrayEncoder out) {
        out.writeRawByte(MAGIC);
        out.writeRawInt(ids.idOf(subject));
        try {
            node.write(value, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A byte array does not fail.
        }
    }

    /**
     * Decodes what any version of the schema has written.
     *
     * @throws UnreadableRecordException if {@code bytes} is not such a record
     */
    public T decode(byte[] bytes) {
        if (bytes.length < ENVELOPE_BYTES || bytes[0] != MAGIC) {
            throw new UnreadableRecordException("not in Confluent wire format", null);
        }
        int id = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
        var reader =
                readers.computeIfAbsent(
                        id, unseen -> new GenericDatumReader<>(ids.schemaOf(unseen), schema));
        try {
            var decoder =
                    DecoderFactory.get()
                            .binaryDecoder(
                                    bytes, ENVELOPE_BYTES, bytes.length - ENVELOPE_BYTES, null);
            return Objects.requireNonNull(type.cast(node.read(reader.read(null, decoder))));
        } catch (IOException | RuntimeException e) { // Hostile bytes fail in any way.
            throw new UnreadableRecordException(
                    "not a record of " + subject.subjectName() + ": " + e.getMessage(), e);
        }
    }
}
