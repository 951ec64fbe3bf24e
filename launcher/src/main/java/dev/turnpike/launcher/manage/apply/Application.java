package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.manage.ApiDescription;
import dev.turnpike.launcher.manage.Call;
import dev.turnpike.launcher.manage.ManagementClient;
import dev.turnpike.launcher.manage.RefusedException;
import dev.turnpike.runtime.http.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A file on its way to the server: the steps that really change something, to be shown, and then to
 * be done as one change. Used by one thread.
 */
public final class Application {
    /** Steps of one application: what one change may hold. */
    public static final int STEPS_MAX = 1_000;

    private static final String CHANGES = "/v1/gateway/changes";
    private static final Pattern COMMAND = Pattern.compile("commands\\[(\\d+)](?:\\.body)?\\.?");
    private static final int WRONG = 400;

    private final ManagementClient client;
    private final List<Step> steps;
    private final List<JsonNode> results;

    private Application(ManagementClient client, List<Step> steps, List<JsonNode> results) {
        this.client = client;
        this.steps = steps;
        this.results = results;
    }

    /**
     * Compares a file with the server.
     *
     * @param prune delete what is in a section of the server and not in the same of the file
     * @param secrets the secret that {@code file:PATH} or {@code env:NAME} means
     * @throws ManifestException if the file has a mistake, or the server refuses what it declares
     * @throws RefusedException if the server refuses for another reason
     */
    public static Application plan(
            ManagementClient client,
            ObjectNode file,
            boolean prune,
            UnaryOperator<String> secrets) {
        var sections = new Sections(ApiDescription.packaged());
        var manifest = Manifest.read(file, sections);
        var existing = new Existing(client, sections, manifest);
        var planner = new Planner(manifest, sections, existing, secrets);
        var steps = planner.steps(prune);
        if (steps.size() > STEPS_MAX) {
            throw new ManifestException(
                    "the file declares "
                            + steps.size()
                            + " resources; one change holds "
                            + STEPS_MAX);
        }
        if (steps.isEmpty()) {
            return new Application(client, List.of(), List.of());
        }
        return accepted(steps, planner.otherOrders(), order -> changing(client, order));
    }

    /**
     * What comes of the first order that the server accepts. When it finds all of them wrong, what
     * it says about the first is thrown: the reader knows his file, and in that order.
     *
     * @throws RefusedException if the server refuses, at once when it is for another reason
     */
    static <T> T accepted(
            List<Step> steps, List<List<Step>> others, Function<List<Step>, T> attempt) {
        var orders = new ArrayList<List<Step>>();
        orders.add(steps);
        orders.addAll(others);
        RuntimeException first = null;
        for (var order : orders) {
            try {
                return attempt.apply(order);
            } catch (RefusedException e) {
                if (e.status() != WRONG) {
                    throw named(e, order);
                }
                first = first == null ? named(e, order) : first;
            }
        }
        throw Objects.requireNonNull(first);
    }

    private static Application changing(ManagementClient client, List<Step> steps) {
        var call = call(steps, Map.of()).with("dry_run", "true");
        var left = new ArrayList<Step>();
        var results = new ArrayList<JsonNode>();
        var answers = client.send(call).path("results");
        for (int i = 0; i < steps.size(); i++) {
            if (answers.path(i).path("facts").asInt() > 0) {
                left.add(steps.get(i));
                results.add(answers.get(i));
            }
        }
        return new Application(client, left, results);
    }

    private static Call call(List<Step> steps, Map<String, String> headers) {
        var body = Json.object();
        var commands = body.putArray("commands");
        steps.forEach(step -> commands.add(step.command()));
        return new Call("POST", CHANGES, new LinkedHashMap<>(), headers, body);
    }

    /** A refusal says which command it is about; the reader knows resources. */
    private static RuntimeException named(RefusedException e, List<Step> steps) {
        var at = COMMAND.matcher(e.param());
        if (!at.lookingAt()) {
            return e;
        }
        var step = steps.get(Integer.parseInt(at.group(1)));
        var field = e.param().substring(at.end());
        return e.about(step.label() + (field.isEmpty() ? "" : ": " + field));
    }

    /** How many steps there are to do. */
    public int size() {
        return steps.size();
    }

    /** What would be done: a line for each step, and one below it for each value that changes. */
    public String shown() {
        var text = new StringBuilder();
        for (int i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            text.append(step.kind().sign()).append(' ').append(step.label());
            text.append("  (").append(step.kind().method()).append(' ').append(step.path());
            text.append(")\n");
            text.append(Difference.of(results.get(i)));
        }
        return text.toString();
    }

    /** The steps as {@code POST /changes} takes them; secrets are left out. */
    public ObjectNode commands() {
        var commands = (ObjectNode) call(steps, Map.of()).body();
        if (commands == null) {
            throw new IllegalStateException("a change without a body");
        }
        var shown = commands.deepCopy();
        for (var command : shown.path("commands")) {
            if (command.path("body") instanceof ObjectNode body && body.has("value")) {
                body.putNull("value");
            }
        }
        return shown;
    }

    /**
     * Has everything happen, or nothing.
     *
     * @param idempotencyKey makes it safe to repeat when the connection breaks
     * @return the answer of the server
     * @throws RefusedException if the server refuses, for instance because something has changed
     *     since it was compared
     */
    public JsonNode apply(String idempotencyKey) {
        try {
            return client.send(call(steps, Map.of("Idempotency-Key", idempotencyKey)));
        } catch (RefusedException e) {
            throw named(e, steps);
        }
    }
}
