package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.manage.ManagementClient;
import dev.turnpike.runtime.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which management API is spoken to, and as whom. */
final class Connection {
    /** Variable that names the management API. */
    static final String URL = "TURNPIKE_URL";

    /** Variable that holds the management key. */
    static final String KEY = "TURNPIKE_KEY";

    private static final String DEFAULT_URL = "http://127.0.0.1:8090";
    private static final String BASE = "/v1/gateway";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The management API (TURNPIKE_URL; " + DEFAULT_URL + ").")
    private Optional<String> url = Optional.empty();

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "File with the management key, instead of TURNPIKE_KEY; a key on a command"
                            + " line could be seen by others.")
    private Optional<Path> keyFile = Optional.empty();

    /**
     * A client for these options; the caller closes it.
     *
     * @param line the command they were given to
     * @throws ParameterException if there is no key, or no such API can be
     */
    ManagementClient open(CommandLine line, Map<String, String> environment) {
        return new ManagementClient(root(line, environment), key(line, environment));
    }

    private URI root(CommandLine line, Map<String, String> environment) {
        var text = url.orElseGet(() -> environment.getOrDefault(URL, DEFAULT_URL)).strip();
        try {
            var parsed = URI.create(text);
            var scheme = parsed.getScheme();
            var path = parsed.getPath();
            if (parsed.getHost() != null
                    && ("http".equals(scheme) || "https".equals(scheme))
                    && (path.isEmpty() || path.equals("/") || path.startsWith(BASE))
                    && parsed.getUserInfo() == null) {
                return parsed.resolve("/");
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(line, "not a URL: " + text, e);
        }
        throw new ParameterException(line, "not the URL of a management API: " + text);
    }

    private Secret key(CommandLine line, Map<String, String> environment) {
        var key =
                keyFile.map(file -> read(line, file))
                        .orElseGet(() -> environment.getOrDefault(KEY, ""))
                        .strip();
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ParameterException(
                    line, "a management key is needed: set " + KEY + " or give --key-file");
        }
        return new Secret(key);
    }

    private static String read(CommandLine line, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ParameterException(line, "cannot read " + file + ": " + e, e);
        }
    }
}
