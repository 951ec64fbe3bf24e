package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.ValueRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read by name with their bounds. {@link #done} refuses what nobody
 * asked for, in nested objects too. Every refusal is a {@code ProblemException} that names the
 * field. Not thread-safe.
 */
final class Fields {
    private static final ValueRange YEARS = ValueRange.of(0, 9_999);

    private final ObjectNode node;
    private final String path;
    private final Set<String> asked = new HashSet<>();
    private final List<Fields> nested = new ArrayList<>();

    Fields(ObjectNode node) {
        this(node, "");
    }

    private Fields(ObjectNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /** The full name of a field, as in {@code models[0].slug}. */
    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Whether the field is there, null included. */
    boolean has(String name) {
        asked.add(name);
        return node.has(name);
    }

    String text(String name, int min, int max) {
        return optionalText(name, min, max).orElseThrow(() -> missing(name));
    }

    /** A text of several lines in ASCII, as PEM is. */
    String lines(String name, int max) {
        var value = find(name).orElseThrow(() -> missing(name));
        var text = value.isTextual() ? value.textValue() : "";
        if (text.isEmpty() || text.length() > max || text.chars().anyMatch(Fields::unprintable)) {
            throw wrong(name, "must be a text of lines in ASCII, at most " + max + " characters");
        }
        return text;
    }

    private static boolean unprintable(int c) {
        return c != '\n' && c != '\r' && c != '\t' && (c < ' ' || c > '~');
    }

    /** Absent and null are the same. */
    Optional<String> optionalText(String name, int min, int max) {
        return find(name).map(value -> text(value, at(name), min, max));
    }

    int integer(String name, int min, int max, int otherwise) {
        return find(name)
                .map(value -> {
                    if (!value.canConvertToInt()
                            || !value.isIntegralNumber()
                            || value.intValue() < min
                            || value.intValue() > max) {
                        throw wrong(name, "must be a whole number from " + min + " to " + max);
                    }
                    return value.intValue();
                })
                .orElse(otherwise);
    }

    Optional<Boolean> optionalBool(String name) {
        return find(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw wrong(name, "must be true or false");
                    }
                    return value.booleanValue();
                });
    }

    <E extends Enum<E>> Optional<E> oneOf(String name, Class<E> type) {
        return optionalText(name, 1, 64)
                .map(text -> {
                    for (var constant : type.getEnumConstants()) {
                        if (constant.name().equals(text)) {
                            return constant;
                        }
                    }
                    throw wrong(name, "must be one of " + names(type));
                });
    }

    /** Like {@link #oneOf}, for enums written in lower case. */
    <E extends Enum<E>> Optional<E> oneOfLowerCase(String name, Class<E> type) {
        return optionalText(name, 1, 64)
                .map(text -> {
                    for (var constant : type.getEnumConstants()) {
                        if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                            return constant;
                        }
                    }
                    throw wrong(name, "must be one of " + names(type).toLowerCase(Locale.ROOT));
                });
    }

    /** A time in RFC 3339, years 0 to 9999, in microseconds. */
    Optional<Instant> optionalTime(String name) {
        return optionalText(name, 1, 64).map(text -> time(text, at(name)));
    }

    static Instant time(String text, String at) {
        try {
            var time = OffsetDateTime.parse(text);
            // RFC 3339 has four digits; the log's microseconds hold no more than 292,000 years.
            if (YEARS.isValidValue(time.getYear())) {
                return time.toInstant().truncatedTo(ChronoUnit.MICROS);
            }
        } catch (DateTimeException e) {
            throw wrongTime(at).asException(e);
        }
        throw wrongTime(at).asException();
    }

    private static Problem wrongTime(String at) {
        return Problem.invalid(at, at + " must be a time such as 2026-10-01T00:00:00Z");
    }

    Optional<Fields> optionalObject(String name) {
        return find(name).map(value -> object(value, at(name)));
    }

    Fields object(String name) {
        return optionalObject(name).orElseThrow(() -> missing(name));
    }

    Optional<List<Fields>> optionalObjects(String name, int max) {
        return elements(name, max)
                .map(elements -> {
                    var objects = new ArrayList<Fields>();
                    for (int i = 0; i < elements.size(); i++) {
                        objects.add(object(elements.get(i), at(name) + "[" + i + "]"));
                    }
                    return objects;
                });
    }

    List<Fields> objects(String name, int max) {
        return optionalObjects(name, max).orElseThrow(() -> missing(name));
    }

    Optional<List<String>> optionalTexts(String name, int count, int length) {
        return elements(name, count)
                .map(elements -> {
                    var texts = new ArrayList<String>();
                    for (int i = 0; i < elements.size(); i++) {
                        texts.add(text(elements.get(i), at(name) + "[" + i + "]", 1, length));
                    }
                    return texts;
                });
    }

    /** The same, none of them twice. */
    Optional<List<String>> optionalDistinct(String name, int count, int length) {
        var texts = optionalTexts(name, count, length);
        var seen = new HashSet<String>();
        for (var text : texts.orElse(List.of())) {
            if (!seen.add(text)) {
                throw wrong(name + "[" + seen.size() + "]", "is listed twice");
            }
        }
        return texts;
    }

    /** An object with texts as values and free names. */
    Map<String, String> texts(String name, int count, int nameLength, int length) {
        var object = find(name).orElse(null);
        if (object == null) {
            return Map.of();
        }
        if (!(object instanceof ObjectNode map) || map.size() > count) {
            throw wrong(name, "must be an object of at most " + count + " fields");
        }
        var texts = new TreeMap<String, String>();
        for (var entry : map.properties()) {
            var at = at(name) + "." + entry.getKey();
            if (entry.getKey().length() > nameLength) {
                throw wrong(name, "has a name longer than " + nameLength + " characters");
            }
            texts.put(entry.getKey(), text(entry.getValue(), at, 0, length));
        }
        return texts;
    }

    /** The raw value; empty when absent or null. */
    Optional<JsonNode> find(String name) {
        asked.add(name);
        var value = node.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    /** Refuses fields nobody asked for. */
    void done() {
        for (var name : (Iterable<String>) node::fieldNames) {
            if (!asked.contains(name)) {
                throw Problem.invalid(at(name), "The field " + at(name) + " is unknown")
                        .asException();
            }
        }
        nested.forEach(Fields::done);
    }

    /**
     * {@link #done}, for a change that must change something: what is unknown is named first, since
     * it is what was meant to change.
     *
     * @param something whether a field that can be changed was given
     * @param name of one such field
     * @param others the rest, as in {@code or another field}
     */
    void doneWith(boolean something, String name, String others) {
        done();
        if (!something) {
            throw wrong(name, others + " is required");
        }
    }

    ProblemException wrong(String name, String what) {
        return Problem.invalid(at(name), at(name) + " " + what).asException();
    }

    ProblemException missing(String name) {
        return wrong(name, "is required");
    }

    private Optional<List<JsonNode>> elements(String name, int max) {
        return find(name)
                .map(value -> {
                    if (!value.isArray() || value.size() > max) {
                        throw wrong(name, "must be a list of at most " + max);
                    }
                    var elements = new ArrayList<JsonNode>();
                    value.forEach(elements::add);
                    return elements;
                });
    }

    private Fields object(@Nullable JsonNode value, String at) {
        if (!(value instanceof ObjectNode object)) {
            throw Problem.invalid(at, at + " must be an object").asException();
        }
        var fields = new Fields(object, at);
        nested.add(fields);
        return fields;
    }

    private static String text(JsonNode value, String at, int min, int max) {
        var text = value.isTextual() ? value.textValue() : null;
        if (text == null
                || text.codePointCount(0, text.length()) < min
                || text.codePointCount(0, text.length()) > max
                || text.codePoints().anyMatch(Fields::unwritable)) {
            var what = at + " must be a text of " + min + " to " + max + " characters";
            throw Problem.invalid(at, what).asException();
        }
        return text;
    }

    /** Half a surrogate pair has no UTF-8, so the log would hold another text than was sent. */
    private static boolean unwritable(int codePoint) {
        return Character.isISOControl(codePoint)
                || Character.getType(codePoint) == Character.SURROGATE;
    }

    private static String names(Class<? extends Enum<?>> type) {
        var names = new ArrayList<String>();
        for (var constant : type.getEnumConstants()) {
            names.add(constant.name());
        }
        return String.join(", ", names);
    }
}
