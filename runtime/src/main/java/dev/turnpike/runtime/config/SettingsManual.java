package dev.turnpike.runtime.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.config.SettingsCatalog.Entry;

/** Describes settings to people and editors: as JSON Schema (2020-12) and as a Markdown table. */
public final class SettingsManual {
    private SettingsManual() {}

    /** The JSON Schema of the settings file in its nested form. */
    public static String jsonSchema(SettingsCatalog catalog) {
        var root = JsonNodeFactory.instance.objectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Settings");
        closeObject(root);
        for (var entry : catalog.entries()) {
            place(root, entry);
        }
        return root.toPrettyString() + "\n";
    }

    /** One line for each setting: key, variable, default, range, description. */
    public static String markdownTable(SettingsCatalog catalog) {
        var table = new StringBuilder();
        table.append("| setting | variable | default | range | meaning |\n");
        table.append("| --- | --- | --- | --- | --- |\n");
        for (var entry : catalog.entries()) {
            var variable = SettingsSource.variable(entry.key());
            if (entry.type() == SettingsCatalog.Type.SECRET) {
                variable += "` or `" + variable + "_FILE";
            }
            table.append("| `").append(entry.key()).append("` | `").append(variable).append("` | ");
            table.append(
                    entry.defaultText()
                            .filter(text -> !text.isEmpty())
                            .map(text -> "`" + text + "`")
                            .orElse(entry.required() ? "required" : ""));
            table.append(" | ").append(entry.range()).append(" | ");
            table.append(entry.description().replace("|", "\\|")).append(" |\n");
        }
        return table.toString();
    }

    private static void place(ObjectNode root, Entry entry) {
        var levels = entry.key().split("\\.", -1);
        var parent = root;
        for (int i = 0; i < levels.length - 1; i++) {
            if (!parent.has("properties")) {
                closeObject(parent);
            }
            parent = parent.withObjectProperty("properties").withObjectProperty(levels[i]);
        }
        if (!parent.has("properties")) {
            closeObject(parent);
        }
        var properties = parent.withObjectProperty("properties");
        var last = levels[levels.length - 1];
        describe(properties.withObjectProperty(last), entry);
        if (entry.type() == SettingsCatalog.Type.SECRET) {
            properties
                    .withObjectProperty(last + "-file")
                    .put("type", "string")
                    .put("description", "File that holds the value of " + entry.key() + ".");
        }
    }

    private static void closeObject(ObjectNode node) {
        node.put("type", "object");
        node.put("additionalProperties", false);
        node.putObject("properties");
    }

    private static void describe(ObjectNode node, Entry entry) {
        node.put("description", entry.description());
        switch (entry.type()) {
            case INTEGER -> number(node, entry);
            case BOOLEAN -> node.put("type", "boolean");
            case TEXT, PATH, SECRET -> node.put("type", "string");
            case CHOICE -> entry.choices().forEach(node.withArrayProperty("enum")::add);
            case DURATION -> node.put("type", "string").put("pattern", Units.DURATION_SHAPE);
            case BYTES -> {
                node.putArray("type").add("string").add("integer");
                node.put("pattern", Units.BYTES_SHAPE);
            }
            case LIST -> {
                node.put("type", "array");
                node.putObject("items").put("type", "string");
            }
            case SECTION -> node.put("type", "object");
        }
        entry.defaultText().ifPresent(text -> defaultValue(node, entry, text));
    }

    private static void number(ObjectNode node, Entry entry) {
        node.put("type", "integer");
        var bounds = entry.range().split("\\.\\.", -1);
        node.put("minimum", Long.parseLong(bounds[0]));
        node.put("maximum", Long.parseLong(bounds[1]));
    }

    private static void defaultValue(ObjectNode node, Entry entry, String text) {
        switch (entry.type()) {
            case INTEGER -> node.put("default", Long.parseLong(text));
            case BOOLEAN -> node.put("default", Boolean.parseBoolean(text));
            case LIST -> {
                var list = node.putArray("default");
                for (var part : text.split(",", -1)) {
                    if (!part.isEmpty()) {
                        list.add(part);
                    }
                }
            }
            case TEXT, CHOICE, DURATION, BYTES, PATH, SECRET, SECTION -> node.put("default", text);
        }
    }
}
