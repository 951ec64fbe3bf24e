package dev.turnpike.launcher.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of a process that runs everything. */
final class UpOptions {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where everything is kept (data-directory; up: ./data, demo: temporary).")
    private Optional<Path> dataDirectory = Optional.empty();

    @Option(
            names = "--gateway-port",
            paramLabel = "PORT",
            description =
                    "Port of the inference API (edge.port; up: 8080). 0 takes any free port below"
                            + " 32768 and remembers it in the data directory.")
    private Optional<Integer> gatewayPort = Optional.empty();

    @Option(
            names = "--control-port",
            paramLabel = "PORT",
            description = "Port of the management API (control.port; up: 8090); 0 as above.")
    private Optional<Integer> controlPort = Optional.empty();

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description = "Port of the embedded Kafka (kafka.port; up: 19092); 0 as above.")
    private Optional<Integer> kafkaPort = Optional.empty();

    @Option(
            names = "--allow-private-network",
            description =
                    "Allow upstreams and webhooks on loopback and private addresses, over plain"
                            + " http (outbound.allow-private).")
    private boolean allowPrivate;

    /** The settings these options stand for; only those that were given. */
    Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        dataDirectory.ifPresent(path -> settings.put("data-directory", path.toString()));
        gatewayPort.ifPresent(port -> settings.put("edge.port", port.toString()));
        controlPort.ifPresent(port -> settings.put("control.port", port.toString()));
        kafkaPort.ifPresent(port -> settings.put("kafka.port", port.toString()));
        if (allowPrivate) {
            settings.put("outbound.allow-private", "true");
        }
        return settings;
    }

    Optional<Path> dataDirectory() {
        return dataDirectory;
    }
}
