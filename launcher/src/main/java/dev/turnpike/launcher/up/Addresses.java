package dev.turnpike.launcher.up;

/**
 * Where a running installation answers.
 *
 * @param gatewayUrl root of the inference listener; SDKs take it with {@code /v1} behind it
 * @param controlUrl root of the management listener
 * @param bootstrapServers Kafka, as {@code host:port} list
 * @param registryUrl root of a schema registry with Confluent's REST API
 */
public record Addresses(
        String gatewayUrl, String controlUrl, String bootstrapServers, String registryUrl) {}
