package dev.turnpike.launcher.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.manage.Call;
import dev.turnpike.launcher.manage.Field;
import dev.turnpike.launcher.manage.ManagementClient;
import dev.turnpike.launcher.manage.Operation;
import dev.turnpike.launcher.manage.Operation.Body;
import dev.turnpike.launcher.manage.Pages;
import dev.turnpike.launcher.manage.RegistrationSigner;
import dev.turnpike.runtime.http.Branding;
import dev.turnpike.runtime.http.Json;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** One operation of the management API as a command. */
final class OperationCommand implements Callable<Integer> {
    /** The variable of the setting, which serves the client as well. */
    static final String HEADER_PREFIX_VARIABLE = "TURNPIKE_BRANDING_HEADER_PREFIX";

    private static final int DRAWN_KEY_BYTES = 16;

    private final Operation operation;
    private final Console console;
    private final OperationOptions options;
    private final Connection connection = new Connection();
    private final Output output = new Output();
    private final Documents documents;
    private final CommandSpec spec;

    private OperationCommand(Operation operation, Console console) {
        this.operation = operation;
        this.console = console;
        this.options = new OperationOptions(operation);
        this.documents = new Documents(console.in());
        this.spec = CommandSpec.wrapWithoutInspection(this);
    }

    /** The command of {@code operation}. */
    static CommandSpec spec(Operation operation, Console console) {
        var command = new OperationCommand(operation, console);
        var spec = command.spec;
        command.options.addTo(spec);
        spec.addMixin("output", CommandSpec.forAnnotatedObject(command.output));
        spec.addMixin("connection", CommandSpec.forAnnotatedObject(command.connection));
        spec.usageMessage()
                .sortOptions(false)
                .description(
                        operation.summary() + ".",
                        "",
                        operation.method() + " " + operation.path(),
                        "");
        return spec;
    }

    @Override
    public Integer call() {
        var call = request();
        try (var client = connection.open(spec.commandLine(), console.environment())) {
            if (operation.traits().paged()) {
                list(client, call);
            } else {
                output.print(client.send(call), console.out());
            }
        }
        return ExitCode.OK;
    }

    private void list(ManagementClient client, Call call) {
        var page = given(OperationOptions.ALL) ? Pages.all(client, call) : client.send(call);
        var columns = text(OperationOptions.COLUMNS).map(names -> List.of(names.split(",")));
        output.printList(page, columns.orElse(List.of()), console.out());
        var pagination = page.path("pagination");
        if (pagination.path("has_more").asBoolean() && !output.json()) {
            console.err().println("There is more: --cursor " + pagination.path("cursor").asText());
        }
    }

    private Call request() {
        var call =
                new Call(
                        operation.method(),
                        Call.path(operation, pathParameters()),
                        query(),
                        headers(),
                        operation.traits().body() == Body.NONE ? null : body());
        return operation.traits().signed() ? signer().signed(call) : call;
    }

    private RegistrationSigner signer() {
        var file = text(OperationOptions.SIGNING_KEY_FILE).orElseThrow();
        var prefix =
                text(OperationOptions.HEADER_PREFIX)
                        .or(() ->
                                Optional.ofNullable(
                                        console.environment().get(HEADER_PREFIX_VARIABLE)))
                        .orElse(Branding.DEFAULT_HEADER_PREFIX);
        if (!Branding.isHeaderPrefix(prefix)) {
            throw new ParameterException(
                    spec.commandLine(), "not the prefix of a header: " + prefix);
        }
        return RegistrationSigner.of(documents.text(file), prefix, InstantSource.system())
                .orElseThrow(() ->
                        new Documents.UnreadableException(
                                file + ": must hold an Ed25519 key, unencrypted PKCS #8 in PEM"));
    }

    private List<String> pathParameters() {
        var values =
                spec.positionalParameters().stream()
                        .map(PositionalParamSpec::<String>getValue)
                        .map(Objects::requireNonNull)
                        .toList();
        if (values.stream().anyMatch(String::isBlank)) {
            throw new ParameterException(spec.commandLine(), "an empty id names nothing");
        }
        return values;
    }

    private SequencedMap<String, String> query() {
        var query = new LinkedHashMap<String, String>();
        for (var entry : options.query().entrySet()) {
            var value = value(entry.getKey());
            if (value instanceof List<?> texts) {
                query.put(entry.getValue().leaf(), String.join(",", strings(texts)));
            } else if (value != null) {
                query.put(entry.getValue().leaf(), value.toString());
            }
        }
        text(OperationOptions.LIMIT).ifPresent(limit -> query.put("limit", limit));
        text(OperationOptions.CURSOR).ifPresent(cursor -> query.put("cursor", cursor));
        if (given(OperationOptions.DRY_RUN)) {
            query.put("dry_run", "true");
        }
        return query;
    }

    private Map<String, String> headers() {
        var headers = new HashMap<String, String>();
        text(OperationOptions.IF_MATCH)
                .ifPresent(version -> headers.put("If-Match", quoted(version)));
        if (operation.traits().idempotent() && !given(OperationOptions.DRY_RUN)) {
            // Drawn, so that a broken connection can be repeated without doing it twice.
            headers.put(
                    "Idempotency-Key",
                    text(OperationOptions.IDEMPOTENCY_KEY).orElseGet(OperationCommand::drawn));
        }
        return headers;
    }

    private static String quoted(String version) {
        return version.chars().allMatch(Character::isDigit) ? "\"" + version + "\"" : version;
    }

    /** A new key for a request that may have to be repeated. */
    static String drawn() {
        var bytes = new byte[DRAWN_KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return "cli-" + HexFormat.of().formatHex(bytes);
    }

    private @Nullable ObjectNode body() {
        var file = text(OperationOptions.FILE);
        var body = file.map(documents::object).orElseGet(Json::object);
        for (var entry : options.body().entrySet()) {
            var value = value(entry.getKey());
            if (value != null) {
                put(body, entry.getValue(), json(entry.getKey(), entry.getValue(), value));
            }
        }
        if (value(OperationOptions.CLEAR) instanceof List<?> names) {
            strings(names).forEach(name -> put(body, clearable(name), body.nullNode()));
        }
        if (!body.isEmpty() || file.isPresent()) {
            return body;
        }
        if (operation.traits().body() == Body.REQUIRED) {
            throw new ParameterException(
                    spec.commandLine(), "a body is needed: options of fields, or -f FILE");
        }
        return null;
    }

    private Field clearable(String name) {
        var field = options.clearable().get(name);
        if (field == null) {
            throw new ParameterException(spec.commandLine(), "cannot be cleared: " + name);
        }
        return field;
    }

    private JsonNode json(String option, Field field, Object value) {
        var nodes = Json.mapper().getNodeFactory();
        return switch (field.kind()) {
            case TEXT ->
                    nodes.textNode(
                            field.secret() ? documents.text(value.toString()) : value.toString());
            case NUMBER -> nodes.numberNode((BigDecimal) value);
            case FLAG -> nodes.booleanNode((Boolean) value);
            case TEXTS -> {
                ArrayNode texts = nodes.arrayNode();
                strings((List<?>) value).forEach(texts::add);
                yield texts;
            }
            case STRUCTURE -> Documents.tree(value.toString(), option);
        };
    }

    private static void put(ObjectNode body, Field field, JsonNode value) {
        var at = body;
        for (var name : field.path().subList(0, field.path().size() - 1)) {
            at = at.get(name) instanceof ObjectNode inner ? inner : at.putObject(name);
        }
        at.set(field.leaf(), value);
    }

    private static List<String> strings(List<?> values) {
        return values.stream().map(String::valueOf).toList();
    }

    private boolean given(String option) {
        return Boolean.TRUE.equals(value(option));
    }

    private Optional<String> text(String option) {
        return Optional.ofNullable(value(option)).map(Object::toString);
    }

    private @Nullable Object value(String option) {
        var found = spec.findOption(option);
        return found == null ? null : found.getValue();
    }
}
