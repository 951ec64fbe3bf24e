package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.demo.Demo;
import dev.turnpike.launcher.demo.Facts;
import dev.turnpike.launcher.demo.Narrator;
import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.launcher.up.StartException;
import dev.turnpike.launcher.up.StopSignal;
import dev.turnpike.runtime.config.SettingsSource;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code turnpike demo}. */
@Command(
        name = "demo",
        description = {
            "Show everything once: publish a model, mint a key, stream a completion, run into a"
                    + " limit, find the usage in the ledger and in a signed webhook, revoke the key.",
            "",
            "Runs like `up`, with a built-in model that needs no provider, on any free ports and a"
                    + " temporary directory unless others are given. Stays up until Ctrl-C.",
            ""
        })
final class DemoCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--exit", description = "Stop when the story is told.")
    private boolean exit;

    @Option(
            names = "--json",
            description =
                    "Print one JSON object as the last line of stdout, and everything else to"
                            + " stderr.")
    private boolean json;

    @Mixin private UpOptions up = new UpOptions();

    @Mixin private SettingsOptions settings = new SettingsOptions();

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        var given = settings.source(up.settings(), console.settings());
        var temporary = up.dataDirectory().isEmpty();
        var directory =
                temporary
                        ? Files.createTempDirectory("turnpike-demo-")
                        : up.dataDirectory().orElseThrow();
        var stop = new StopSignal();
        try {
            var source = Demo.settings(given, directory);
            var process = Configuration.read(source).process();
            stop.onTermination(process.stopTimeout());
            return run(source, stop);
        } finally {
            if (temporary) {
                delete(directory);
            }
            stop.done();
        }
    }

    private int run(SettingsSource source, StopSignal stop) throws InterruptedException {
        var narrator = new Narrator(json ? console.err() : console.out());
        Facts facts;
        try (var demo = Demo.start(source, narrator, stop)) {
            if (stop.isRequested()) {
                return ExitCode.OK;
            }
            facts = demo.play(!exit, stop);
            if (json && !exit) {
                console.out().println(facts.toJson());
            }
        }
        if (exit) {
            narrator.say(facts.held() ? "Stopped; everything held." : "Stopped.");
            if (json) {
                console.out().println(facts.toJson());
            }
        }
        return facts.held() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void delete(Path directory) {
        try {
            Files.walkFileTree(
                    directory,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            Files.deleteIfExists(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path visited, @Nullable IOException e) throws IOException {
                            Files.deleteIfExists(visited);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new StartException("temporary directory " + directory + " stays: " + e, e);
        }
    }
}
