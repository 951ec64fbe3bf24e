package dev.turnpike.launcher.cli;

import dev.turnpike.control.prices.InvalidPricesException;
import dev.turnpike.launcher.manage.ApiDescription;
import dev.turnpike.launcher.manage.RefusedException;
import dev.turnpike.launcher.manage.UnreachableException;
import dev.turnpike.launcher.manage.apply.ManifestException;
import dev.turnpike.launcher.up.Part;
import dev.turnpike.launcher.up.StartException;
import dev.turnpike.runtime.config.InvalidSettingsException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line as a whole. */
@Command(
        name = TurnpikeCommand.NAME,
        description = "A self-hosted, OpenAI-compatible AI gateway that meters exactly.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "`turnpike COMMAND --help` explains a command. Start with `turnpike demo`.",
            "Settings come from flags, TURNPIKE_* variables and a YAML file, in this order;",
            "`turnpike config docs` lists them."
        })
public final class TurnpikeCommand implements Callable<Integer> {
    static final String NAME = "turnpike";

    private static final String UP = "up";
    private static final String DEMO = "demo";

    private final Console console;

    private TurnpikeCommand(Console console) {
        this.console = console;
    }

    /**
     * Runs the command that {@code args} name and returns its exit code. Returns when the command
     * has ended: for one that serves, when it has been stopped.
     */
    public static int run(Console console, String... args) {
        // Making the commands of the management API takes a good part of a second.
        boolean serves = args.length > 0 && serves(args[0]);
        return (serves ? finished(serving(console), console) : commandLine(console)).execute(args);
    }

    private static boolean serves(String command) {
        return command.equals(UP)
                || command.equals(DEMO)
                || Arrays.stream(Part.values()).anyMatch(part -> part.command().equals(command));
    }

    /** The tree of commands. */
    static CommandLine commandLine(Console console) {
        var line = serving(console);
        line.addSubcommand("apply", new ApplyCommand(console));
        ResourceCommands.addTo(line, ApiDescription.packaged(), console);
        line.addSubcommand("config", ConfigCommand.commandLine(console));
        line.addSubcommand("test", new ScriptCommand.Test(console));
        line.addSubcommand("bench", new ScriptCommand.Bench(console));
        line.addSubcommand("prepare", new ScriptCommand.Prepare(console));
        line.addSubcommand("completion", new CompletionCommand(console));
        line.addSubcommand("version", new VersionCommand(console));
        line.addSubcommand("help", new HelpCommand());
        return finished(line, console);
    }

    private static CommandLine serving(Console console) {
        var line = new CommandLine(new TurnpikeCommand(console));
        line.addSubcommand(UP, new UpCommand(console));
        line.addSubcommand(DEMO, new DemoCommand(console));
        for (var part : Part.values()) {
            line.addSubcommand(part.command(), new ServiceCommand(console, part));
        }
        return line;
    }

    /** Last, because what is set here is passed on to the commands that are there. */
    private static CommandLine finished(CommandLine line, Console console) {
        describe(line);
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((e, failed, parsed) -> report(e, console));
        return line;
    }

    /** Every command has the same help option and exit codes. */
    private static void describe(CommandLine line) {
        var spec = line.getCommandSpec();
        if (!(spec.userObject() instanceof HelpCommand)) {
            spec.mixinStandardHelpOptions(true);
            spec.versionProvider(() -> new String[] {NAME + " " + VersionCommand.version()});
            spec.usageMessage()
                    .exitCodeListHeading("%nExit codes:%n")
                    .exitCodeList(ExitCode.descriptions());
        }
        line.getSubcommands().values().forEach(TurnpikeCommand::describe);
    }

    private static int report(Exception e, Console console) {
        if (e instanceof InvalidSettingsException || e instanceof InvalidPricesException) {
            console.err().println("turnpike: " + e.getMessage());
            return ExitCode.CONFIG;
        }
        if (e instanceof RefusedException refused) {
            console.err().println("turnpike: " + e.getMessage());
            return ExitCode.ofStatus(refused.status());
        }
        if (e instanceof Documents.UnreadableException || e instanceof ManifestException) {
            console.err().println("turnpike: " + e.getMessage());
            return ExitCode.DATA;
        }
        if (e instanceof StartException
                || e instanceof KafkaException
                || e instanceof UnreachableException) {
            console.err().println("turnpike: " + e.getMessage());
            return ExitCode.UNAVAILABLE;
        }
        console.err().println("turnpike: this is a fault in Turnpike, please report it:");
        e.printStackTrace(console.err());
        return ExitCode.INTERNAL;
    }

    /** Without a command: says what there is. */
    @Override
    public Integer call() {
        CommandLine.usage(commandLine(console), console.err());
        return ExitCode.USAGE;
    }
}
