package dev.turnpike.schemas.avro;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * The schemas released with this module. Their ids are fixed in {@code registry.json} and never
 * reused, so records can be read without asking anybody. Immutable.
 */
public final class CompiledSchemas implements SchemaIds {
    /** The only instance. */
    public static final CompiledSchemas INSTANCE = new CompiledSchemas();

    private static final String INDEX = "registry.json";

    private final List<Released> released;
    private final Map<Integer, Schema> byId = new HashMap<>();
    private final Map<Subject, Released> latest = new EnumMap<>(Subject.class);

    private CompiledSchemas() {
        released = List.of(read(INDEX, Released[].class));
        for (var one : released) {
            byId.put(one.id(), new Schema.Parser().parse(text(one.file())));
        }
        for (var subject : Subject.values()) {
            released.stream()
                    .filter(one -> one.subject().equals(subject.subjectName()))
                    .max(Comparator.comparingInt(Released::version))
                    .ifPresent(one -> latest.put(subject, one));
        }
    }

    /**
     * One released schema.
     *
     * @param id fixed for ever
     * @param version counts the schemas of one subject, from 1
     * @param file resource beside this class
     */
    public record Released(int id, String subject, int version, String file) {}

    /** Every released schema, in the order of release. */
    public List<Released> released() {
        return released;
    }

    /** The newest schema of {@code subject}. */
    public Schema latest(Subject subject) {
        return schemaOf(idOf(subject));
    }

    @Override
    public int idOf(Subject subject) {
        var one = latest.get(subject);
        if (one == null) {
            throw new UnreadableRecordException("no schema for " + subject.subjectName(), null);
        }
        return one.id();
    }

    @Override
    public Schema schemaOf(int id) {
        var schema = byId.get(id);
        if (schema == null) {
            throw new UnreadableRecordException("unknown schema id " + id, null);
        }
        return schema;
    }

    private static <T> T read(String resource, Class<T> type) {
        try (var in = CompiledSchemas.class.getResourceAsStream(resource)) {
            return JsonMapper.builder().build().readValue(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    private static String text(String resource) {
        try (var in = CompiledSchemas.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("missing schema " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
