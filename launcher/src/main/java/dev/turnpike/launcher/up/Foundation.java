package dev.turnpike.launcher.up;

import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.registry.RegistryClient;
import dev.turnpike.runtime.registry.SchemaRegistry;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.SchemaIds;
import java.util.Optional;

/**
 * What every service of a process is given.
 *
 * @param registry the external schema registry, if one is configured
 */
record Foundation(
        KafkaClients kafka, Optional<RegistryClient> registry, MasterKey masterKey, Metrics metrics)
        implements AutoCloseable {
    SchemaIds schemaIds() {
        return SchemaRegistry.ids(registry);
    }

    @Override
    public void close() {
        registry.ifPresent(RegistryClient::close);
        metrics.close();
    }
}
