package dev.turnpike.launcher.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.manage.apply.Application;
import dev.turnpike.runtime.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code turnpike apply}. */
@Command(
        name = "apply",
        sortOptions = false,
        description = {
            "Bring the installation to what a YAML file declares.",
            "",
            "Compares the file with the server, shows what differs, asks, and then changes all of"
                    + " it as one change or nothing. Fields and resources that the file does not"
                    + " name stay as they are, unless --prune is given.",
            ""
        })
final class ApplyCommand implements Callable<Integer> {
    private final Console console;
    private final Documents documents;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "What to declare; - reads it from stdin and needs --yes or --dry-run.")
    private String file = "";

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(names = OperationOptions.DRY_RUN, description = "Show what differs; change nothing.")
    private boolean dryRun;

    @Option(
            names = "--prune",
            description =
                    "Delete what the server has in a section of the file and the file has not.")
    private boolean prune;

    @Mixin private Output output = new Output();

    @Mixin private Connection connection = new Connection();

    ApplyCommand(Console console) {
        this.console = console;
        this.documents = new Documents(console.in());
    }

    @Override
    public Integer call() {
        if (file.equals("-") && !yes && !dryRun) {
            throw new ParameterException(
                    spec.commandLine(), "-f - needs --yes or --dry-run: stdin cannot answer too");
        }
        var declared = documents.object(file);
        try (var client = connection.open(spec.commandLine(), console.environment())) {
            return apply(Application.plan(client, declared, prune, this::secret));
        }
    }

    private int apply(Application application) {
        if (application.size() == 0) {
            say("Nothing to change.");
            return ExitCode.OK;
        }
        if (dryRun && output.json()) {
            output.print(application.commands(), console.out());
            return ExitCode.OK;
        }
        console.err().print(application.shown());
        if (dryRun) {
            return ExitCode.OK;
        }
        if (!yes && !agreed(application.size())) {
            console.err().println("Nothing was changed.");
            return ExitCode.FAILED;
        }
        report(application.apply(OperationCommand.drawn()), application.size());
        return ExitCode.OK;
    }

    private void report(JsonNode answer, int steps) {
        if (output.json()) {
            output.print(answer, console.out());
            return;
        }
        console.out().println("Changed " + steps + " as one change.");
        for (var result : answer.path("results")) {
            var reply = result.path("reply");
            if (reply.path("secret").isTextual()) {
                console.out()
                        .println(
                                "Secret of %s, shown only now: %s"
                                        .formatted(
                                                reply.path("url").asText(reply.path("id").asText()),
                                                reply.path("secret").textValue()));
            }
        }
    }

    private void say(String text) {
        if (output.json()) {
            output.print(
                    Json.object().set("results", Json.mapper().createArrayNode()), console.out());
        } else {
            console.out().println(text);
        }
    }

    /** Only a typed yes is one; the end of stdin is none. */
    private boolean agreed(int steps) {
        console.err().print("Change these " + steps + " as one change? [y/N] ");
        console.err().flush();
        var reader =
                new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        try {
            var answer = reader.readLine();
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code file:PATH}, beside the file that names it, or {@code env:NAME}. */
    private String secret(String source) {
        var name = source.substring(source.indexOf(':') + 1);
        if (source.startsWith("file:")) {
            var base = file.equals("-") ? Path.of("") : Path.of(file).resolveSibling("");
            return documents.text(base.resolve(name).toString());
        }
        var value = console.environment().get(name);
        if (value == null) {
            throw new Documents.UnreadableException("the variable " + name + " is not set");
        }
        return value;
    }
}
