package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** JSON as text in columns. Control characters of values are shown as {@code ?}. */
public final class Table {
    /** Columns of a list whose columns nobody chose. */
    private static final int COLUMNS_MAX = 8;

    /** Longest cell of a list, in characters; the rest is cut. */
    private static final int CELL_MAX = 60;

    private static final String GAP = "  ";

    private Table() {}

    /** One object: a line for every value, by its full name. */
    public static String ofObject(JsonNode object) {
        var values = values(object);
        int width = values.keySet().stream().mapToInt(String::length).max().orElse(0);
        return values.entrySet().stream()
                .map(each ->
                        (padded(each.getKey(), width) + GAP + each.getValue()).stripTrailing()
                                + "\n")
                .collect(Collectors.joining());
    }

    /** Every value of an object by its full name. */
    public static SequencedMap<String, String> values(JsonNode object) {
        var values = new LinkedHashMap<String, String>();
        if (object.isObject()) {
            flatten("", object, values, true);
        }
        return values;
    }

    /**
     * One line for every item, below a line of names.
     *
     * @param chosen full names of values; empty for the first ones there are
     */
    public static String ofList(Iterable<JsonNode> items, List<String> chosen) {
        var rows = new ArrayList<SequencedMap<String, String>>();
        var names = new LinkedHashSet<String>();
        for (var item : items) {
            var row = new LinkedHashMap<String, String>();
            flatten("", item, row, false);
            rows.add(row);
            names.addAll(row.keySet());
        }
        var columns = chosen.isEmpty() ? names.stream().limit(COLUMNS_MAX).toList() : chosen;
        var lines = new ArrayList<List<String>>();
        lines.add(columns.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList());
        for (var row : rows) {
            lines.add(columns.stream().map(name -> cut(row.getOrDefault(name, ""))).toList());
        }
        return written(lines, columns.size());
    }

    private static String written(List<List<String>> lines, int columns) {
        var widths = new int[columns];
        for (var line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (var line : lines) {
            var cells = new ArrayList<String>();
            for (int i = 0; i < columns; i++) {
                cells.add(padded(line.get(i), widths[i]));
            }
            text.append(String.join(GAP, cells).stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static void flatten(
            String name, JsonNode node, SequencedMap<String, String> values, boolean whole) {
        if (node.isObject()) {
            for (var field : node.properties()) {
                var inner = name.isEmpty() ? field.getKey() : name + "." + field.getKey();
                flatten(inner, field.getValue(), values, whole);
            }
        } else if (node.isArray() && whole && hasObjects(node)) {
            for (int i = 0; i < node.size(); i++) {
                flatten(name + "[" + i + "]", node.get(i), values, true);
            }
        } else if (node.isArray()) {
            values.put(name, list(node));
        } else {
            values.put(name, node.isNull() ? "-" : plain(node.asText()));
        }
    }

    private static boolean hasObjects(JsonNode array) {
        for (var element : array) {
            if (element.isContainerNode()) {
                return true;
            }
        }
        return false;
    }

    /** In a list an element is its text, or the slug of an object. */
    private static String list(JsonNode array) {
        var texts = new ArrayList<String>();
        for (var element : array) {
            var text = element.isObject() ? element.path("slug").asText("") : element.asText();
            if (text.isEmpty()) {
                return "[" + array.size() + "]";
            }
            texts.add(plain(text));
        }
        return texts.isEmpty() ? "-" : String.join(",", texts);
    }

    private static String plain(String text) {
        return text.codePoints()
                .map(point -> Character.isISOControl(point) ? '?' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String cut(String text) {
        return text.length() <= CELL_MAX ? text : text.substring(0, CELL_MAX - 1) + "…";
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
