package dev.turnpike.runtime.registry;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.SchemaIds;
import java.net.URI;
import java.util.Optional;

/** Where schema ids come from: a registry when one is configured, else the compiled ids. */
public final class SchemaRegistry {
    /** The setting that names an external registry. */
    public static final String URL = "schema.registry.url";

    private SchemaRegistry() {}

    /** Reads the settings and returns a client of the registry they name, if they name one. */
    public static Optional<RegistryClient> read(Settings settings) {
        var url =
                settings.optionalText(
                        URL,
                        "External schema registry with Confluent's REST API; none by default.");
        var credentials =
                settings.optionalSecret(
                        "schema.registry.basic-auth", "user:password for the schema registry.");
        if (url.isEmpty()) {
            return Optional.empty();
        }
        if (!url.get().matches("https?://[^?#]+")) {
            settings.mistake(URL, "must be an http or https URL");
            return Optional.empty();
        }
        return Optional.of(new RegistryClient(URI.create(url.get()), credentials, true));
    }

    /** The ids to write and read with. */
    public static SchemaIds ids(Optional<RegistryClient> registry) {
        return registry.<SchemaIds>map(client -> client).orElse(CompiledSchemas.INSTANCE);
    }
}
