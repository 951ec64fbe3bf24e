package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.log.Answer;
import dev.turnpike.control.log.Together;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Resource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One command of {@code POST /changes}. It is read when its turn comes, because ids it names may be
 * made by the commands before it. Used by one thread at a time.
 */
final class PlannedCommand implements Together.Step {
    private static final String RESULT = "$result";

    private final Wish wish;
    private final Route.Write write;
    private final Map<String, String> parameters;
    private final Draws draws;
    private final OptionalLong expectedVersion;
    private final Results results;
    private @Nullable Change change;
    private @Nullable Reply reply;

    /**
     * A command as it was sent.
     *
     * @param name by which later commands call what it makes; null when they do not
     */
    record Wish(@Nullable String name, String method, String path, ObjectNode body) {}

    /** Knows what earlier commands made. */
    interface Results {
        /**
         * @throws dev.turnpike.runtime.problem.ProblemException if there is no such earlier command
         */
        String idOf(String name, List<Answer.Done> before);
    }

    PlannedCommand(
            Wish wish,
            Route.Write write,
            Map<String, String> parameters,
            Draws draws,
            OptionalLong expectedVersion,
            Results results) {
        this.wish = wish;
        this.write = write;
        this.parameters = parameters;
        this.draws = draws;
        this.expectedVersion = expectedVersion;
        this.results = results;
    }

    Wish wish() {
        return wish;
    }

    @Override
    public OptionalLong expectedVersion() {
        return expectedVersion;
    }

    @Override
    public Command command(Image image, List<Answer.Done> before) {
        var read = read(image, name -> results.idOf(name, before));
        change = read;
        return read.command().apply(image);
    }

    private Change read(Image image, UnaryOperator<String> made) {
        var body = new Fields((ObjectNode) resolved(wish.body(), made));
        var asking =
                new Asking(body, name -> parameter(name, made), draws, SentRequest.UNSIGNED, image);
        var read = write.handler().apply(asking);
        body.done();
        return read;
    }

    /**
     * The reply of a command that happened before, made again; empty when its secrets have been
     * replaced since.
     *
     * @param made knows what earlier commands made then
     * @param now the resource as it is now
     */
    Optional<ObjectNode> again(
            Image image, UnaryOperator<String> made, Resource now, Answer.Done done) {
        var then = read(image, made);
        return then.holds().test(now)
                ? Optional.of(then.reply().apply(done).body())
                : Optional.empty();
    }

    /** What the request would have been answered; {@code done} must be what this one became. */
    Reply reply(Answer.Done done) {
        if (reply == null) {
            reply = Objects.requireNonNull(change).reply().apply(done);
        }
        return reply;
    }

    private String parameter(String name, UnaryOperator<String> made) {
        var given = Objects.requireNonNull(parameters.get(name));
        boolean named = given.startsWith("{") && given.endsWith("}");
        return named ? made.apply(given.substring(1, given.length() - 1)) : given;
    }

    private static JsonNode resolved(JsonNode node, UnaryOperator<String> made) {
        if (node instanceof ObjectNode object) {
            if (object.size() == 1 && object.path(RESULT).isTextual()) {
                return TextNode.valueOf(made.apply(object.path(RESULT).textValue()));
            }
            var copy = Json.object();
            object.properties()
                    .forEach(field -> copy.set(field.getKey(), resolved(field.getValue(), made)));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            var copy = array.arrayNode(array.size());
            array.forEach(element -> copy.add(resolved(element, made)));
            return copy;
        }
        return node;
    }
}
