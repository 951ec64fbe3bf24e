package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.manage.ApiDescription;
import dev.turnpike.launcher.manage.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * One command for every resource of the management API, with one below it for every operation, made
 * from the API's description.
 */
final class ResourceCommands {
    private ResourceCommands() {}

    static void addTo(CommandLine line, ApiDescription description, Console console) {
        var byResource = new LinkedHashMap<String, List<Operation>>();
        for (var operation : description.operations()) {
            byResource
                    .computeIfAbsent(operation.resource(), resource -> new ArrayList<>())
                    .add(operation);
        }
        for (Map.Entry<String, List<Operation>> entry : byResource.entrySet()) {
            line.addSubcommand(entry.getKey(), resource(entry.getKey(), entry.getValue(), console));
        }
    }

    private static CommandSpec resource(String name, List<Operation> operations, Console console) {
        if (operations.size() == 1 && operations.getFirst().verb().isEmpty()) {
            return OperationCommand.spec(operations.getFirst(), console);
        }
        var verbs = new ArrayList<String>();
        var group = new Group(console);
        var spec = CommandSpec.wrapWithoutInspection(group);
        group.spec = spec;
        for (var operation : operations) {
            var verb = operation.verb().isEmpty() ? "show" : operation.verb();
            spec.addSubcommand(verb, OperationCommand.spec(operation, console));
            verbs.add(verb);
        }
        spec.usageMessage()
                .description("Management API: " + name + " (" + String.join(", ", verbs) + ").");
        return spec;
    }

    /** A resource without a verb: says what there is. */
    private static final class Group implements Callable<Integer> {
        private final Console console;
        private CommandSpec spec = CommandSpec.create();

        Group(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            spec.commandLine().usage(console.err());
            return ExitCode.USAGE;
        }
    }
}
