package dev.turnpike.launcher.settings;

import dev.turnpike.control.ControlConfig;
import dev.turnpike.edge.EdgeConfig;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.config.SettingsCatalog;
import dev.turnpike.runtime.config.SettingsSource;
import dev.turnpike.runtime.registry.RegistryClient;
import dev.turnpike.runtime.registry.SchemaRegistry;
import dev.turnpike.usage.UsageConfig;
import dev.turnpike.webhook.WebhookConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of a process. Every command reads all of them, so that one file serves the whole
 * installation.
 *
 * @param registry a client of the external schema registry, if one is configured
 * @param registryUrl its address
 * @param warnings variables that look like settings but are none
 */
public record Configuration(
        ProcessConfig process,
        Optional<RegistryClient> registry,
        Optional<String> registryUrl,
        EdgeConfig edge,
        ControlConfig control,
        UsageConfig usage,
        WebhookConfig webhook,
        List<String> warnings) {

    public Configuration {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads everything.
     *
     * @throws dev.turnpike.runtime.config.InvalidSettingsException with every mistake
     */
    public static Configuration read(SettingsSource source) {
        var settings = new Settings(source);
        var configuration = readAll(settings);
        settings.finish();
        return configuration.warning(settings.warnings());
    }

    /**
     * As {@link #read}, for a service that runs alone: it cannot do without a cluster and the
     * installation's master key.
     *
     * @throws dev.turnpike.runtime.config.InvalidSettingsException with every mistake
     */
    public static Configuration readDistributed(SettingsSource source) {
        var settings = new Settings(source);
        var configuration = readAll(settings);
        if (configuration.process().kafka().isEmpty()) {
            settings.mistake("kafka.bootstrap-servers", "is required by a service that runs alone");
        }
        if (configuration.process().masterKey().isEmpty()) {
            settings.mistake(
                    "secrets.master-key",
                    "is required by a service that runs alone, the same for all (or"
                            + " secrets.master-key-file)");
        }
        settings.finish();
        return configuration.warning(settings.warnings());
    }

    /** Prefix of the reply and webhook headers that are not standard. */
    public String headerPrefix() {
        return webhook.headerPrefix();
    }

    /** What settings exist. */
    public static SettingsCatalog catalog() {
        return SettingsCatalog.of(Configuration::readAll);
    }

    /** {@code source} with some settings decided, above whatever it says. */
    public static SettingsSource with(SettingsSource source, Map<String, String> decided) {
        var flags = new HashMap<>(source.flags());
        flags.putAll(decided);
        return new SettingsSource(flags, source.environment(), source.file());
    }

    /** {@code source} with some settings where it says nothing. */
    public static SettingsSource withDefaults(SettingsSource source, Map<String, String> defaults) {
        var flags = new HashMap<>(source.flags());
        defaults.forEach((key, value) -> {
            boolean said =
                    source.file().containsKey(key)
                            || source.environment().containsKey(SettingsSource.variable(key));
            if (!said) {
                flags.putIfAbsent(key, value);
            }
        });
        return new SettingsSource(flags, source.environment(), source.file());
    }

    private Configuration warning(List<String> remarks) {
        return new Configuration(
                process, registry, registryUrl, edge, control, usage, webhook, remarks);
    }

    private static final String REGISTRY_DESCRIPTION =
            "External schema registry with Confluent's REST API; none by default.";

    private static Configuration readAll(Settings settings) {
        return new Configuration(
                ProcessConfig.read(settings),
                SchemaRegistry.read(settings),
                settings.optionalText(SchemaRegistry.URL, REGISTRY_DESCRIPTION),
                EdgeConfig.read(settings),
                ControlConfig.read(settings),
                UsageConfig.read(settings),
                WebhookConfig.read(settings),
                List.of());
    }
}
