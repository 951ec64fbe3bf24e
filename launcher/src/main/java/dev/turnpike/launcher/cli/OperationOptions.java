package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.manage.Field;
import dev.turnpike.launcher.manage.Operation;
import dev.turnpike.launcher.manage.Operation.Body;
import dev.turnpike.runtime.http.Branding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options of one operation. A field of the body is an option of its last name; where that name
 * is taken, of its whole path, and where that is taken, with the resource before it.
 */
final class OperationOptions {
    static final String FILE = "--file";
    static final String CLEAR = "--clear";
    static final String DRY_RUN = "--dry-run";
    static final String IF_MATCH = "--if-match";
    static final String IDEMPOTENCY_KEY = "--idempotency-key";
    static final String LIMIT = "--limit";
    static final String CURSOR = "--cursor";
    static final String ALL = "--all";
    static final String COLUMNS = "--columns";
    static final String JSON = "--json";
    static final String SIGNING_KEY_FILE = "--signing-key-file";
    static final String HEADER_PREFIX = "--header-prefix";

    private static final Set<String> RESERVED =
            Set.of(
                    FILE,
                    CLEAR,
                    DRY_RUN,
                    IF_MATCH,
                    IDEMPOTENCY_KEY,
                    LIMIT,
                    CURSOR,
                    ALL,
                    COLUMNS,
                    JSON,
                    SIGNING_KEY_FILE,
                    HEADER_PREFIX,
                    "--url",
                    "--key-file",
                    "--help",
                    "--version");

    private final Operation operation;
    private final SequencedMap<String, Field> query = new LinkedHashMap<>();
    private final SequencedMap<String, Field> body = new LinkedHashMap<>();
    private final Set<String> taken = new HashSet<>(RESERVED);

    OperationOptions(Operation operation) {
        this.operation = operation;
        operation.query().forEach(field -> query.put(name(field, operation.query()), field));
        operation.body().forEach(field -> body.put(name(field, operation.body()), field));
    }

    /** The options of parameters of the query, by name. */
    SequencedMap<String, Field> query() {
        return query;
    }

    /** The options of fields of the body, by name. */
    SequencedMap<String, Field> body() {
        return body;
    }

    /** The fields that {@code --clear} can name. */
    Map<String, Field> clearable() {
        return body.entrySet().stream()
                .filter(entry -> entry.getValue().nullable())
                .collect(
                        Collectors.toMap(
                                entry -> entry.getKey().substring(2), Map.Entry::getValue));
    }

    private String name(Field field, List<Field> siblings) {
        boolean alone = siblings.stream().filter(f -> f.leaf().equals(field.leaf())).count() == 1;
        var resource = operation.resource().replaceFirst("s$", "");
        var candidates =
                List.of(
                        alone ? field.leaf() : String.join("-", field.path()),
                        String.join("-", field.path()),
                        resource + "-" + String.join("-", field.path()));
        for (var candidate : candidates) {
            var name =
                    "--"
                            + candidate.replace('_', '-').toLowerCase(Locale.ROOT)
                            + (field.secret() ? "-file" : "");
            if (taken.add(name)) {
                return name;
            }
        }
        throw new IllegalStateException("no option name for " + field);
    }

    void addTo(CommandSpec spec) {
        for (int i = 0; i < operation.pathParameters().size(); i++) {
            spec.addPositional(
                    PositionalParamSpec.builder()
                            .required(true)
                            .index(String.valueOf(i))
                            .arity("1")
                            .type(String.class)
                            .paramLabel(operation.pathParameters().get(i).toUpperCase(Locale.ROOT))
                            .build());
        }
        query.forEach((name, field) -> spec.addOption(option(name, field)));
        if (operation.traits().body() != Body.NONE) {
            spec.addOption(
                    text(
                            "FILE",
                            "The body as YAML or JSON; - reads it from stdin. Options of fields"
                                    + " win over it.",
                            "-f",
                            FILE));
        }
        body.forEach((name, field) -> spec.addOption(option(name, field)));
        addClear(spec);
        addTraits(spec);
    }

    private void addClear(CommandSpec spec) {
        var names = new ArrayList<>(clearable().keySet());
        if (!names.isEmpty()) {
            spec.addOption(
                    OptionSpec.builder(CLEAR)
                            .type(List.class)
                            .auxiliaryTypes(String.class)
                            .arity("1")
                            .splitRegex(",")
                            .paramLabel("FIELD")
                            .completionCandidates(names)
                            .description("Set a field to null: " + String.join(", ", names) + ".")
                            .build());
        }
    }

    private void addTraits(CommandSpec spec) {
        var traits = operation.traits();
        if (traits.paged()) {
            spec.addOption(text("N", "Items of a page, 1 to 1000.", LIMIT));
            spec.addOption(text("CURSOR", "Go on behind a page.", CURSOR));
            spec.addOption(flag("All pages, up to 100000 items.", ALL));
            spec.addOption(text("NAMES", "Columns of the table, as id,metadata.name.", COLUMNS));
        }
        if (traits.dryRun()) {
            spec.addOption(flag("Decide and answer, but change nothing.", DRY_RUN));
        }
        if (traits.ifMatch() && !operation.pathParameters().isEmpty()) {
            spec.addOption(
                    text("VERSION", "Only if the resource still has this version.", IF_MATCH));
        }
        if (traits.idempotent()) {
            spec.addOption(
                    text(
                            "KEY",
                            "Repeating the command with the same key does nothing more.",
                            IDEMPOTENCY_KEY));
        }
        if (traits.signed()) {
            addSigning(spec);
        }
    }

    private static void addSigning(CommandSpec spec) {
        spec.addOption(
                OptionSpec.builder(SIGNING_KEY_FILE)
                        .required(true)
                        .arity("1")
                        .type(String.class)
                        .paramLabel("FILE")
                        .description(
                                "Private key that signs the request: Ed25519, unencrypted PKCS #8"
                                        + " in PEM; its public key is a registration key.")
                        .build());
        spec.addOption(
                text(
                        "PREFIX",
                        "branding.header-prefix of the installation ("
                                + OperationCommand.HEADER_PREFIX_VARIABLE
                                + "; "
                                + Branding.DEFAULT_HEADER_PREFIX
                                + ").",
                        HEADER_PREFIX));
    }

    private static OptionSpec option(String name, Field field) {
        var builder = OptionSpec.builder(name).arity("1").description(description(field));
        if (!field.choices().isEmpty()) {
            builder.completionCandidates(field.choices());
        }
        switch (field.kind()) {
            case TEXT, STRUCTURE ->
                    builder.type(String.class).paramLabel(field.secret() ? "FILE" : label(field));
            case NUMBER -> builder.type(java.math.BigDecimal.class).paramLabel("NUMBER");
            case FLAG -> builder.type(Boolean.class).paramLabel("true|false");
            case TEXTS ->
                    builder.type(List.class)
                            .auxiliaryTypes(String.class)
                            .splitRegex(",")
                            .paramLabel("TEXT");
        }
        return builder.build();
    }

    private static String label(Field field) {
        return field.kind() == Field.Kind.STRUCTURE ? "YAML" : "TEXT";
    }

    private static String description(Field field) {
        var text = new StringBuilder(String.join(".", field.path()));
        if (field.secret()) {
            text.append(", from a file; - reads it from stdin");
        }
        if (!field.description().isEmpty()) {
            text.append(": ").append(field.description());
        }
        if (!field.choices().isEmpty()) {
            text.append(" (").append(String.join(", ", field.choices())).append(')');
        }
        return text.append('.').toString();
    }

    private static OptionSpec text(String label, String description, String... names) {
        return OptionSpec.builder(names)
                .arity("1")
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }

    private static OptionSpec flag(String description, String name) {
        return OptionSpec.builder(name)
                .arity("0")
                .type(boolean.class)
                .description(description)
                .build();
    }
}
