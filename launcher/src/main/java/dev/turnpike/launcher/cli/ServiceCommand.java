package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.launcher.settings.LogConfig;
import dev.turnpike.launcher.up.Part;
import dev.turnpike.launcher.up.SingleService;
import dev.turnpike.launcher.up.StopSignal;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code turnpike edge} and its sisters. */
@Command(
        description = {
            "Run this service alone, on an external Kafka.",
            "",
            "Needs kafka.bootstrap-servers and secrets.master-key (or its file), the same for all"
                    + " services of an installation. Health and metrics answer on admin.port (8091);"
                    + " the control plane has them on control.port (8090).",
            ""
        })
final class ServiceCommand implements Callable<Integer> {
    private final Console console;
    private final Part part;

    @Mixin private SettingsOptions settings = new SettingsOptions();

    ServiceCommand(Console console, Part part) {
        this.console = console;
        this.part = part;
    }

    @Override
    public Integer call() throws InterruptedException {
        var source = settings.source(Map.of(), console.settings());
        LogConfig.apply(source);
        var configuration = Configuration.readDistributed(source);
        configuration.warnings().forEach(line -> console.err().println("turnpike: " + line));
        var stop = new StopSignal();
        stop.onTermination(configuration.process().stopTimeout());
        try (var service = SingleService.start(part, source)) {
            return service.awaitStop(stop).isPresent() ? ExitCode.INTERNAL : ExitCode.OK;
        } finally {
            stop.done();
        }
    }
}
