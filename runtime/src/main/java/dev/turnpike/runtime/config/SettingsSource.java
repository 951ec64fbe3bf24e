package dev.turnpike.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The raw values settings are read from, strongest first: flags, environment variables, file.
 *
 * @param flags values by setting key
 * @param environment all environment variables; only those starting with {@value #PREFIX} count
 * @param file values by setting key, in the order of the file
 */
public record SettingsSource(
        Map<String, String> flags, Map<String, String> environment, Map<String, Given> file) {
    static final String PREFIX = "TURNPIKE_";

    /** Largest file a secret is read from, in bytes. */
    static final int SECRET_FILE_BYTES_MAX = 64 << 10;

    /**
     * One value as it was given.
     *
     * @param parts the elements of a list, or the one scalar
     * @param isList whether it was written as a list
     * @param origin where it stands, for messages
     */
    public record Given(List<String> parts, boolean isList, String origin) {
        static Given scalar(String text, String origin) {
            return new Given(List.of(text), false, origin);
        }
    }

    public SettingsSource {
        flags = Map.copyOf(flags);
        environment = Map.copyOf(environment);
        file = Map.copyOf(file);
    }

    /** A source with file values only, all scalars; what tests and embedding code use. */
    public static SettingsSource of(Map<String, String> values) {
        var file = new TreeMap<String, Given>();
        values.forEach((key, value) -> file.put(key, Given.scalar(value, "file")));
        return new SettingsSource(Map.of(), Map.of(), file);
    }

    /**
     * Reads the YAML file, if there is one, and puts flags and environment above it.
     *
     * @throws InvalidSettingsException if the file cannot be read or is not a mapping
     */
    public static SettingsSource load(
            Map<String, String> flags, Map<String, String> environment, Optional<Path> yaml) {
        Map<String, Given> file = yaml.isEmpty() ? Map.of() : YamlFile.read(yaml.get());
        return new SettingsSource(flags, environment, file);
    }

    /** The environment variable of a setting: {@code edge.port} is TURNPIKE_EDGE_PORT. */
    public static String variable(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The strongest value of {@code key}, if any source has one. */
    Optional<Given> find(String key) {
        var flag = flags.get(key);
        if (flag != null) {
            return Optional.of(Given.scalar(flag, "flag"));
        }
        var variable = variable(key);
        var value = environment.get(variable);
        if (value != null) {
            return Optional.of(Given.scalar(value, variable));
        }
        return Optional.ofNullable(file.get(key));
    }

    /** Every key below {@code prefix} with its strongest value, prefix removed. */
    Map<String, String> below(String prefix) {
        var found = new TreeMap<String, String>();
        file.forEach((key, given) -> {
            if (key.startsWith(prefix + ".")) {
                found.put(key.substring(prefix.length() + 1), String.join(",", given.parts()));
            }
        });
        var start = variable(prefix) + "_";
        environment.forEach((name, value) -> {
            if (name.startsWith(start)) {
                var rest = name.substring(start.length()).toLowerCase(Locale.ROOT);
                found.put(rest.replace('_', '.'), value);
            }
        });
        flags.forEach((key, value) -> {
            if (key.startsWith(prefix + ".")) {
                found.put(key.substring(prefix.length() + 1), value);
            }
        });
        return found;
    }

    /**
     * The strongest value of a secret: the setting itself, or the trimmed content of the file that
     * {@code key-file} names.
     *
     * @param mistakes receives what is wrong with the file
     */
    Optional<String> findSecret(String key, List<String> mistakes) {
        var direct = find(key);
        var named = find(key + "-file");
        if (direct.isPresent() && named.isPresent()) {
            mistakes.add(key + ": given both as a value and as a file");
            return Optional.empty();
        }
        if (direct.isPresent()) {
            return Optional.of(direct.get().parts().getFirst());
        }
        if (named.isEmpty()) {
            return Optional.empty();
        }
        var path = Path.of(named.get().parts().getFirst());
        try {
            if (Files.size(path) > SECRET_FILE_BYTES_MAX) {
                mistakes.add(key + "-file: larger than " + SECRET_FILE_BYTES_MAX + " bytes");
                return Optional.empty();
            }
            return Optional.of(Files.readString(path, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            mistakes.add(key + "-file: cannot be read (" + e.getClass().getSimpleName() + ")");
            return Optional.empty();
        }
    }

    /** Names of all environment variables that claim to be settings, sorted. */
    List<String> variables() {
        var names = new ArrayList<String>();
        for (var name : environment.keySet()) {
            if (name.startsWith(PREFIX)) {
                names.add(name);
            }
        }
        names.sort(null);
        return names;
    }
}
