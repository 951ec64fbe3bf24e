package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.launcher.settings.LogConfig;
import dev.turnpike.launcher.up.AllInOne;
import dev.turnpike.launcher.up.StopSignal;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code turnpike up}. */
@Command(
        name = "up",
        description = {
            "Run everything in this process, on an embedded Kafka and a data directory.",
            "",
            "The first start makes an owner key and prints it once, or takes the one in"
                    + " TURNPIKE_OWNER_KEY or the file TURNPIKE_OWNER_KEY_FILE names. Once all is"
                    + " ready, run.json in the data directory says where it answers. SIGTERM and"
                    + " Ctrl-C stop it cleanly; starting again on the same directory carries on.",
            ""
        })
final class UpCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private UpOptions up = new UpOptions();

    @Mixin private SettingsOptions settings = new SettingsOptions();

    UpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        long begun = System.nanoTime();
        var source = settings.source(up.settings(), console.settings());
        LogConfig.apply(source);
        var configuration = Configuration.read(source);
        configuration.warnings().forEach(line -> console.err().println("turnpike: " + line));
        var stop = new StopSignal();
        stop.onTermination(configuration.process().stopTimeout());
        try (var all = AllInOne.start(source, stop)) {
            if (!stop.isRequested()) {
                var took = Duration.ofNanos(System.nanoTime() - begun);
                console.out().print(Announcement.of(all, took));
            }
            return all.awaitStop(stop).isPresent() ? ExitCode.INTERNAL : ExitCode.OK;
        } finally {
            stop.done();
        }
    }
}
