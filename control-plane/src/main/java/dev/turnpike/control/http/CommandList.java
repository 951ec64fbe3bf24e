package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.log.Answer;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.Role;
import io.helidon.http.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
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
    private static final List<String> METHODS = List.of("POST", "PUT", "PATCH", "DELETE");
    private static final String COMMANDS = "commands";
    private static final String RESULTS = "results";
    private static final String REPLY = "reply";
    private static final String SUBJECTS = "subjects";
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
        if (!METHODS.contains(method)) {
            throw wish.wrong("method", "must be one of " + String.join(", ", METHODS));
        }
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
        return id(commands.get(index).reply(before.get(index)).body());
    }

    private static String id(JsonNode reply) {
        return reply.path("id").asText(reply.path("prefix").asText());
    }

    /** What became of the commands, in their order. */
    ObjectNode results(List<Answer.Done> parts, boolean dryRun) {
        var json = Json.object();
        json.put("repeated", false);
        var results = json.putArray(RESULTS);
        for (int i = 0; i < parts.size(); i++) {
            results.add(result(commands.get(i), parts.get(i), dryRun));
        }
        return dryRun ? json.put("dry_run", true) : json;
    }

    /**
     * The results without secrets, and of which resources those were, for {@link #again}; empty
     * when they are too large.
     */
    Optional<String> kept(List<Answer.Done> parts) {
        var json = Json.object().put("repeated", true);
        var results = json.putArray(RESULTS);
        var subjects = json.putObject(SUBJECTS);
        long bytes = 0;
        for (int i = 0; i < parts.size(); i++) {
            var result = result(commands.get(i), parts.get(i), false).deepCopy();
            bytes += Json.bytes(result).length;
            if (bytes > KeptResults.BYTES_MAX) {
                return Optional.empty();
            }
            results.add(result);
            var reply = reply(json, i);
            var subject = parts.get(i).subject();
            if (subject != null && Reply.SECRETS.stream().anyMatch(reply::hasNonNull)) {
                subjects.put(Integer.toString(i), subject.stateKey());
            }
            Reply.of(reply).withoutSecrets();
        }
        return Optional.of(KeptResults.write(json));
    }

    /**
     * The results of then. The commands must draw what they drew then: the secrets are taken from
     * replies made again of what there still is, all else is as it was kept. A secret that has been
     * replaced since stays null.
     */
    ObjectNode again(Answer.RepeatedTogether repeated, Image image, boolean dryRun) {
        var kept = repeated.kept();
        var json = kept == null ? nothingKept() : KeptResults.read(kept);
        var subjects = Objects.requireNonNull(json.remove(SUBJECTS));
        if (dryRun) {
            return json.put("dry_run", true);
        }
        for (var each : subjects.properties()) {
            int index = Integer.parseInt(each.getKey());
            image.find(each.getValue().asText())
                    .flatMap(now -> replyAgain(json, index, image, now, repeated))
                    .ifPresent(again -> putSecrets(reply(json, index), again));
        }
        return json;
    }

    private Optional<ObjectNode> replyAgain(
            ObjectNode json,
            int index,
            Image image,
            Resource now,
            Answer.RepeatedTogether repeated) {
        UnaryOperator<String> made = name -> id(reply(json, names.getOrDefault(name, index)));
        var done = new Answer.Done(now, List.of(), repeated.at(), repeated.position());
        return commands.get(index).again(image, made, now, done);
    }

    private static void putSecrets(ObjectNode reply, ObjectNode again) {
        for (var name : Reply.SECRETS) {
            if (again.has(name)) {
                reply.set(name, again.get(name));
            }
        }
    }

    private static ObjectNode nothingKept() {
        var json = Json.object().put("repeated", true);
        json.putArray(RESULTS);
        json.putObject(SUBJECTS);
        return json;
    }

    private static ObjectNode reply(ObjectNode results, int index) {
        return (ObjectNode) results.path(RESULTS).path(index).path(REPLY);
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
        json.set(REPLY, (dryRun ? reply.asDryRun() : reply).body());
        return json;
    }

    private static @Nullable ObjectNode before(@Nullable Resource resource) {
        return resource == null ? null : Views.of(resource);
    }
}
