package dev.turnpike.schemas.avro;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes values of any type that a record on a topic consists of, whatever components it has. */
final class RandomRecords {
    private static final int TEXT_MAX = 40;
    private static final int LONG_TEXT = 20_000;
    private static final int ITEMS_MAX = 3;
    private static final int MANY_ITEMS = 100;

    /** One in so many texts or collections is long. */
    private static final int LONG_EVERY = 50;

    private static final String ID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /** The package of ids, whose one component is no text of any kind. */
    private static final String IDS = "dev.turnpike.schemas.id";

    private final Random random;

    RandomRecords(long seed) {
        random = new Random(seed);
    }

    <T extends Record> T next(Class<T> type) {
        return type.cast(record(type));
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType generic) {
            return collection(generic);
        }
        var raw = (Class<?>) type;
        if (raw.isSealed()) {
            return value(any(raw.getPermittedSubclasses()));
        }
        if (raw.isEnum()) {
            return any(raw.getEnumConstants());
        }
        if (raw.isRecord()) {
            return raw.getPackageName().equals(IDS) ? id(raw) : record(raw);
        }
        return scalar(raw);
    }

    private Object scalar(Class<?> type) {
        if (type == String.class) {
            return text();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == int.class) {
            return random.nextInt() >>> random.nextInt(Integer.SIZE);
        }
        if (type == long.class || type == Long.class) {
            return number();
        }
        if (type == Instant.class) {
            return Instant.EPOCH.plus(number() >>> 8, ChronoUnit.MICROS);
        }
        throw new IllegalArgumentException("no values of " + type);
    }

    private long number() {
        return random.nextLong() >>> (1 + random.nextInt(Long.SIZE - 1));
    }

    private Object collection(ParameterizedType type) {
        var arguments = type.getActualTypeArguments();
        int count = size(ITEMS_MAX, MANY_ITEMS);
        if (type.getRawType() == List.class) {
            return IntStream.range(0, count).mapToObj(_ -> value(arguments[0])).toList();
        }
        Map<Object, Object> map = new HashMap<>();
        for (int i = 0; i < count; i++) {
            map.put(value(arguments[0]), value(arguments[1]));
        }
        return map;
    }

    private Object record(Class<?> type) {
        var components = type.getRecordComponents();
        return construct(type, Arrays.stream(components).map(this::component).toArray());
    }

    private @Nullable Object component(RecordComponent component) {
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        return nullable && random.nextBoolean() ? null : value(component.getGenericType());
    }

    /** An id is a prefix of its own and a ULID, or it is not picky. */
    private Object id(Class<?> type) {
        var digits = new StringBuilder();
        for (int i = 0; i < 26; i++) {
            digits.append(ID_DIGITS.charAt(random.nextInt(i == 0 ? 8 : ID_DIGITS.length())));
        }
        try {
            var ofUlid =
                    Arrays.stream(type.getMethods())
                            .filter(method -> method.getName().equals("ofUlid"))
                            .findFirst();
            return ofUlid.isPresent()
                    ? ofUlid.get().invoke(null, digits.toString())
                    : construct(type, digits.toString());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object construct(Class<?> type, @Nullable Object... arguments) {
        try {
            return type.getConstructors()[canonical(type)].newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static int canonical(Class<?> type) {
        var parameters =
                Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toList();
        var constructors = type.getConstructors();
        return IntStream.range(0, constructors.length)
                .filter(i -> List.of(constructors[i].getParameterTypes()).equals(parameters))
                .findFirst()
                .orElseThrow();
    }

    private String text() {
        // As most are: of ASCII alone. Of the others some have halves of characters.
        int end = random.nextBoolean() ? 0x7f : random.nextBoolean() ? 0x2000 : 0x1_0000;
        return random.ints(size(TEXT_MAX, LONG_TEXT), ' ', end)
                .collect(
                        StringBuilder::new,
                        (text, one) -> text.append((char) one),
                        StringBuilder::append)
                .toString();
    }

    private int size(int most, int large) {
        return random.nextInt(LONG_EVERY) == 0 ? large : random.nextInt(most + 1);
    }

    private <T> T any(T[] some) {
        return some[random.nextInt(some.length)];
    }
}
