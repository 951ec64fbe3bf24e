package dev.turnpike.runtime.config;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What settings exist. Filled by the reads themselves, so it cannot disagree with the code; it is
 * printed as JSON Schema and as a table of the manual.
 */
public final class SettingsCatalog {
    /** The kinds of values a setting can have. */
    public enum Type {
        INTEGER,
        BOOLEAN,
        TEXT,
        CHOICE,
        DURATION,
        BYTES,
        PATH,
        SECRET,
        LIST,
        SECTION
    }

    /**
     * One setting.
     *
     * @param key lower case, words joined by dashes, levels by dots
     * @param required whether a start without it is a mistake
     * @param defaultText the default as one would write it, absent when there is none
     * @param range the accepted values in words, such as {@code 0..65535}; may be empty
     * @param choices the accepted words of a {@link Type#CHOICE}, else empty
     * @param description one sentence
     */
    public record Entry(
            String key,
            Type type,
            boolean required,
            Optional<String> defaultText,
            String range,
            List<String> choices,
            String description) {}

    private final TreeMap<String, Entry> entries = new TreeMap<>();

    /** Collects what {@code reader} reads, without any source and without failing. */
    public static SettingsCatalog of(Consumer<Settings> reader) {
        var settings = new Settings(SettingsSource.of(Map.of()));
        reader.accept(settings);
        return settings.catalog();
    }

    /** Every setting, by key. */
    public Collection<Entry> entries() {
        return List.copyOf(entries.values());
    }

    void add(Entry entry) {
        entries.put(entry.key(), entry);
    }

    /** Whether {@code key} may stand in a settings file. */
    boolean knows(String key) {
        var entry = entries.get(key);
        if (entry != null) {
            return entry.type() != Type.SECTION;
        }
        if (key.endsWith("-file")) {
            var secret = entries.get(key.substring(0, key.length() - "-file".length()));
            return secret != null && secret.type() == Type.SECRET;
        }
        for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
            var section = entries.get(key.substring(0, dot));
            if (section != null && section.type() == Type.SECTION) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code variable} is the environment variable of a setting. */
    boolean knowsVariable(String variable) {
        for (var entry : entries.values()) {
            var name = SettingsSource.variable(entry.key());
            if (variable.equals(name)
                    || (entry.type() == Type.SECRET && variable.equals(name + "_FILE"))
                    || (entry.type() == Type.SECTION && variable.startsWith(name + "_"))) {
                return true;
            }
        }
        return false;
    }

    /** The known key nearest to {@code key}, if it looks like a slip of the pen. */
    Optional<String> nearest(String key) {
        String best = null;
        int bestDistance = Math.max(2, key.length() / 5) + 1;
        for (var known : entries.keySet()) {
            int distance = distance(key, known);
            if (distance < bestDistance) {
                best = known;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Edits (insert, delete, replace) that turn {@code a} into {@code b}. */
    private static int distance(String a, String b) {
        var previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            var current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
