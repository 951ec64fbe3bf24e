package dev.turnpike.testkit.upstream;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** JSON string literals. */
final class Quoted {
    private Quoted() {}

    static String json(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
