package dev.turnpike.launcher.manage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How an operation is typed. The resource is the part of the path its tag names, else the first;
 * the verb is the last fixed part of the path behind it, else the operation's id without the words
 * of the resource.
 *
 * @param verb empty when nothing is left of the id
 */
record CommandName(String resource, String verb) {
    private static final Pattern WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    /**
     * @param segments of the path behind {@code /v1/gateway}
     */
    static CommandName of(List<String> segments, String tag, String operationId) {
        int at = Math.max(0, segments.indexOf(tag));
        var resource = segments.get(at);
        var rest = segments.subList(at + 1, segments.size());
        boolean fixed = !rest.isEmpty() && !isParameter(rest.getLast());
        var verb = fixed ? rest.getLast() : verb(operationId, resource);
        return new CommandName(typed(resource), typed(verb));
    }

    /** The same with a verb that no other operation has: all words of its id. */
    CommandName unmistakable(String operationId) {
        return new CommandName(resource, typed(String.join("_", WORD.split(operationId))));
    }

    static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    /** A name as it is typed: {@code rotate_secret} is {@code rotate-secret}. */
    static String typed(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-').replace('.', '-');
    }

    private static String verb(String operationId, String resource) {
        var known = words(resource);
        var left = new ArrayList<String>();
        for (var word : WORD.split(operationId)) {
            var lower = word.toLowerCase(Locale.ROOT);
            if (!known.contains(lower)) {
                left.add(lower);
            }
        }
        var verb = String.join("_", left);
        return verb.replace("_", "").equals(resource.replace("_", "")) ? "" : verb;
    }

    /** The words of a resource, in the plural it is named in and in the singular. */
    private static Set<String> words(String resource) {
        var words = new HashSet<String>();
        Arrays.stream(resource.split("_"))
                .forEach(word -> {
                    words.add(word);
                    words.add(singular(word));
                });
        return words;
    }

    static String singular(String word) {
        if (word.endsWith("ies")) {
            return word.substring(0, word.length() - 3) + "y";
        }
        if (word.endsWith("xes") || word.endsWith("sses")) {
            return word.substring(0, word.length() - 2);
        }
        return word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
    }
}
