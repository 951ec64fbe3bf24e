package dev.turnpike.launcher.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code turnpike completion}. */
@Command(
        name = "completion",
        description =
                "Print a completion script for a shell: source <(./turnpike completion bash).")
final class CompletionCommand implements Callable<Integer> {
    /** Shells there is a script for; the names are what one types. */
    enum Shell {
        bash,
        zsh
    }

    private final Console console;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.bash;

    CompletionCommand(Console console) {
        this.console = console;
    }

    /** One script serves both: under zsh it loads zsh's emulation of bash's completion. */
    @Override
    public Integer call() {
        if (shell == Shell.zsh) {
            console.out().println("autoload -U +X compinit && compinit");
        }
        console.out()
                .println(
                        AutoComplete.bash(
                                TurnpikeCommand.NAME, TurnpikeCommand.commandLine(console)));
        return ExitCode.OK;
    }
}
