package dev.turnpike.runtime.config;

import dev.turnpike.runtime.config.SettingsCatalog.Entry;
import dev.turnpike.runtime.config.SettingsCatalog.Type;
import dev.turnpike.runtime.config.SettingsSource.Given;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads settings by key, remembers every mistake and reports all of them at once in {@link
 * #finish}. Keys are lower case, words joined by dashes, levels by dots: {@code
 * edge.request-timeout}; its environment variable is {@code TURNPIKE_EDGE_REQUEST_TIMEOUT}.
 *
 * <p>A read whose value is bad or missing returns the default, or an empty value where there is
 * none, so that reading goes on; what was read may be used only after {@code finish} returned. Not
 * thread-safe.
 */
public final class Settings {
    private final SettingsSource source;
    private final SettingsCatalog catalog = new SettingsCatalog();
    private final List<String> mistakes = new ArrayList<>();

    public Settings(SettingsSource source) {
        this.source = source;
    }

    /** Settings from these file values; what tests use. */
    public static Settings of(Map<String, String> values) {
        return new Settings(SettingsSource.of(values));
    }

    /** A whole number from {@code min} to {@code max}. */
    public int integer(String key, int min, int max, int defaultValue, String description) {
        return (int) longValue(key, min, max, defaultValue, description);
    }

    /** A whole number from {@code min} to {@code max}. */
    public long longValue(String key, long min, long max, long defaultValue, String description) {
        var range = min + ".." + max;
        declare(key, Type.INTEGER, String.valueOf(defaultValue), range, description);
        return scalar(key, "a whole number", Settings::parseLong)
                .filter(value -> within(key, range, min <= value && value <= max))
                .orElse(defaultValue);
    }

    /** {@code true} or {@code false}. */
    public boolean bool(String key, boolean defaultValue, String description) {
        declare(key, Type.BOOLEAN, String.valueOf(defaultValue), "true or false", description);
        return scalar(key, "true or false", Settings::parseBoolean).orElse(defaultValue);
    }

    /** Any text that is not blank. */
    public String text(String key, String defaultValue, String description) {
        declare(key, Type.TEXT, defaultValue, "", description);
        return scalar(key, "a text", Settings::parseText).orElse(defaultValue);
    }

    /** A text without which nothing starts. */
    public String requiredText(String key, String description) {
        catalog.add(new Entry(key, Type.TEXT, true, Optional.empty(), "", List.of(), description));
        return require(key, scalar(key, "a text", Settings::parseText)).orElse("");
    }

    /** A text that may be missing. */
    public Optional<String> optionalText(String key, String description) {
        catalog.add(new Entry(key, Type.TEXT, false, Optional.empty(), "", List.of(), description));
        return scalar(key, "a text", Settings::parseText);
    }

    /** One of the constants of an enum, written in lower case with dashes. */
    public <E extends Enum<E>> E oneOf(String key, E defaultValue, String description) {
        var constants = defaultValue.getDeclaringClass().getEnumConstants();
        var words = Arrays.stream(constants).map(Settings::word).toList();
        var range = String.join(", ", words);
        catalog.add(
                new Entry(
                        key,
                        Type.CHOICE,
                        false,
                        Optional.of(word(defaultValue)),
                        range,
                        words,
                        description));
        return scalar(
                        key,
                        "one of " + range,
                        text ->
                                Arrays.stream(constants)
                                        .filter(constant -> word(constant).equals(text))
                                        .findFirst())
                .orElse(defaultValue);
    }

    /** A span of time: a number and {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}. */
    public Duration duration(
            String key, Duration min, Duration max, Duration defaultValue, String description) {
        var range = Units.text(min) + ".." + Units.text(max);
        declare(key, Type.DURATION, Units.text(defaultValue), range, description);
        return scalar(key, "a duration such as 250ms, 5s, 10m, 2h or 7d", Units::duration)
                .filter(value ->
                        within(key, range, min.compareTo(value) <= 0 && value.compareTo(max) <= 0))
                .orElse(defaultValue);
    }

    /** A size in bytes: a number and nothing, {@code B}, {@code KiB}, {@code MiB}, {@code GiB}. */
    public long bytes(String key, long min, long max, long defaultValue, String description) {
        var range = Units.text(min) + ".." + Units.text(max);
        declare(key, Type.BYTES, Units.text(defaultValue), range, description);
        return scalar(key, "a size such as 64KiB or 8MiB", Units::bytes)
                .filter(value -> within(key, range, min <= value && value <= max))
                .orElse(defaultValue);
    }

    /** A file or directory; whether it exists is not checked. */
    public Path path(String key, Path defaultValue, String description) {
        declare(key, Type.PATH, defaultValue.toString(), "", description);
        return scalar(key, "a path", Settings::parsePath).orElse(defaultValue);
    }

    /** A file or directory that may be missing. */
    public Optional<Path> optionalPath(String key, String description) {
        catalog.add(new Entry(key, Type.PATH, false, Optional.empty(), "", List.of(), description));
        return scalar(key, "a path", Settings::parsePath);
    }

    /** A secret without which nothing starts; also read from the file {@code key-file} names. */
    public Secret secret(String key, String description) {
        catalog.add(
                new Entry(key, Type.SECRET, true, Optional.empty(), "", List.of(), description));
        return require(key, secretValue(key)).orElse(new Secret(""));
    }

    /** A secret that may be missing; also read from the file {@code key-file} names. */
    public Optional<Secret> optionalSecret(String key, String description) {
        catalog.add(
                new Entry(key, Type.SECRET, false, Optional.empty(), "", List.of(), description));
        return secretValue(key);
    }

    /** Texts: a YAML list, or one text with commas between. */
    public List<String> list(String key, List<String> defaultValue, String description) {
        declare(key, Type.LIST, String.join(",", defaultValue), "", description);
        return source.find(key).map(Settings::split).orElse(defaultValue);
    }

    /** Every key below {@code key}, whatever its name; for settings handed on to a library. */
    public Map<String, String> section(String key, String description) {
        catalog.add(
                new Entry(key, Type.SECTION, false, Optional.empty(), "", List.of(), description));
        return source.below(key);
    }

    /** Remembers a mistake that only the reader of several settings can see. */
    public void mistake(String key, String whatIsWrong) {
        mistakes.add(key + ": " + whatIsWrong);
    }

    /** Settings that others read from the same sources, so that they are not unknown here. */
    public void alsoKnown(SettingsCatalog others) {
        others.entries().forEach(catalog::add);
    }

    /**
     * Ends reading. Environment variables nobody asked for are no mistake: {@link #warnings}.
     *
     * @throws InvalidSettingsException naming every bad value and every key nobody asked for
     */
    public void finish() {
        var keys = new TreeSet<>(source.file().keySet());
        keys.addAll(source.flags().keySet());
        for (var key : keys) {
            if (!catalog.knows(key)) {
                var meant = catalog.nearest(key).map(near -> " (did you mean " + near + "?)");
                mistakes.add(key + ": unknown setting" + meant.orElse(""));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new InvalidSettingsException(mistakes);
        }
    }

    /** Environment variables that look like settings but are none; ask after all reads. */
    public List<String> warnings() {
        return source.variables().stream()
                .filter(name -> !catalog.knowsVariable(name))
                .map(name -> name + ": not a setting, ignored")
                .toList();
    }

    /** What has been read so far. */
    public SettingsCatalog catalog() {
        return catalog;
    }

    private void declare(
            String key, Type type, String defaultText, String range, String description) {
        catalog.add(
                new Entry(
                        key, type, false, Optional.of(defaultText), range, List.of(), description));
    }

    private <T> Optional<T> scalar(
            String key, String expected, Function<String, Optional<T>> parse) {
        var given = source.find(key);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        var value =
                given.get().isList()
                        ? Optional.<T>empty()
                        : parse.apply(given.get().parts().getFirst());
        if (value.isEmpty()) {
            mistakes.add(key + ": must be " + expected + " (" + given.get().origin() + ")");
        }
        return value;
    }

    private Optional<Secret> secretValue(String key) {
        return source.findSecret(key, mistakes)
                .filter(value -> {
                    if (value.isBlank()) {
                        mistakes.add(key + ": is empty");
                    }
                    return !value.isBlank();
                })
                .map(Secret::new);
    }

    private <T> Optional<T> require(String key, Optional<T> value) {
        var said =
                mistakes.stream()
                        .anyMatch(line ->
                                line.startsWith(key + ":") || line.startsWith(key + "-file:"));
        if (value.isEmpty() && !said) {
            mistakes.add(key + ": is required");
        }
        return value;
    }

    private boolean within(String key, String range, boolean inside) {
        if (!inside) {
            mistakes.add(key + ": must be in " + range);
        }
        return inside;
    }

    private static List<String> split(Given given) {
        if (given.isList()) {
            return given.parts();
        }
        return Arrays.stream(given.parts().getFirst().split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Long> parseLong(String text) {
        try {
            return Optional.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Boolean> parseBoolean(String text) {
        return switch (text.strip()) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<String> parseText(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    private static Optional<Path> parsePath(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
