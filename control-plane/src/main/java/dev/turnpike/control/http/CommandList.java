package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.log.Answer;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Role;
import io.helidon.http.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The commands of {@code POST /changes}: each is what would be the method, path and body of a
 * request. Where an id belongs, {@code {"$result": NAME}} in a body and <code>{NAME}</code> in a
 * path stand for what an earlier command of that name makes.
 */
final class CommandList {
    /** Commands of one change. */
    static final int COMMANDS_MAX = 1_000;

    private static final int PATH_MAX = 1_024;
    private static final int NAME_MAX = 64;
    private static final String COMMANDS = "commands";
    private static final long VERSION_MAX = 1L << 53;

    private final List<PlannedCommand> commands = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();

    private CommandList() {}

    /**
     * @param role of the asker, who must be allowed to do each
     * @param draws gives each command its ids and secrets
     * @throws ProblemException naming the command at fault
     */
    static CommandList read(
            ObjectNode body, RouteTable table, Role role, IntFunction<Draws> draws) {
        var fields = new Fields(body);
        var list = new CommandList();
        for (var wish : fields.objects(COMMANDS, COMMANDS_MAX)) {
            list.add(wish, table, role, draws.apply(list.commands.size()));
        }
        fields.done();
        if (list.commands.isEmpty()) {
            throw fields.wrong(COMMANDS, "must hold a command");
        }
        return list;
    }

    List<PlannedCommand> commands() {
        return commands;
    }

    private void add(Fields wish, RouteTable table, Role role, Draws draws) {
        var path = wish.text("path", 1, PATH_MAX);
        var method = wish.text("method", 1, 16);
        var found =
                table.find(Method.create(method), path)
                        .orElseThrow(() -> wish.wrong("path", "is none of a change"));
        if (!(found.route().handling() instanceof Route.Write write)) {
            throw wish.wrong("path", "is none of a change");
        }
        if (!found.route().operation().allows(role)) {
            throw Problem.of(
                            ErrorCode.PERMISSION_DENIED,
                            "A key of role " + Views.role(role) + " may not do this")
                    .withParam(wish.at("path"))
                    .asException();
        }
        var name = wish.optionalText("name", 1, NAME_MAX).orElse(null);
        commands.add(
                new PlannedCommand(
                        new PlannedCommand.Wish(name, method, path, body(wish, write)),
                        write,
                        found.parameters(),
                        draws,
                        version(wish),
                        this::made));
        if (name != null && names.put(name, commands.size() - 1) != null) {
            throw wish.wrong("name", "is given twice");
        }
    }

    private static ObjectNode body(Fields wish, Route.Write write) {
        var body = wish.find("body");
        if (body.isEmpty() && write.body() == Route.Body.REQUIRED) {
            throw wish.missing("body");
        }
        if (body.isPresent() && write.body() == Route.Body.NONE) {
            throw wish.wrong("body", "does not belong to this command");
        }
        if (body.isEmpty()) {
            return Json.object();
        }
        if (body.get() instanceof ObjectNode object) {
            return object;
        }
        throw wish.wrong("body", "must be an object");
    }

    private static OptionalLong version(Fields wish) {
        var given = wish.find("if_match");
        if (given.isEmpty()) {
            return OptionalLong.empty();
        }
        var value = given.get();
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 1
                || value.longValue() > VERSION_MAX) {
            throw wish.wrong("if_match", "must be a version, a whole number from 1");
        }
        return OptionalLong.of(value.longValue());
    }

    /** The id of what the command {@code name} made. */
    private String made(String name, List<Answer.Done> before) {
        int index = names.getOrDefault(name, Integer.MAX_VALUE);
        if (index >= before.size()) {
            throw Problem.of(
                            ErrorCode.INVALID_REQUEST,
                            "No earlier command has the name that a result is asked of")
                    .asException();
        }
        var reply = commands.get(index).reply(before.get(index)).body();
        return reply.path("id").asText(reply.path("prefix").asText());
    }

    /** What became of the commands, in their order; none when all had happened before. */
    ObjectNode results(Answer.DoneTogether done, boolean dryRun) {
        var json = Json.object();
        json.put("repeated", done.repeated());
        var results = json.putArray("results");
        for (int i = 0; i < done.parts().size(); i++) {
            results.add(result(commands.get(i), done.parts().get(i), dryRun));
        }
        return dryRun ? json.put("dry_run", true) : json;
    }

    private static ObjectNode result(PlannedCommand command, Answer.Done done, boolean dryRun) {
        var reply = command.reply(done);
        var json = Json.object();
        json.put("name", command.wish().name());
        json.put("method", command.wish().method());
        json.put("path", command.wish().path());
        var fact =
                done.facts().stream()
                        .filter(each -> each.subject().equals(done.subject()))
                        .findFirst()
                        .orElse(null);
        json.put("action", fact == null ? null : fact.action());
        json.set("before", before(fact == null ? null : fact.before()));
        json.put("facts", done.facts().size());
        json.set("reply", (dryRun ? reply.asDryRun() : reply).body());
        return json;
    }

    private static @Nullable ObjectNode before(
            dev.turnpike.schemas.control.@Nullable Resource resource) {
        return resource == null ? null : Views.of(resource);
    }
}
