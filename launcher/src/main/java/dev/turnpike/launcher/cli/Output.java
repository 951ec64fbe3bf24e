package dev.turnpike.launcher.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.manage.Table;
import dev.turnpike.runtime.http.Json;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Option;

/** How an answer of the management API is printed. */
final class Output {
    @Option(names = OperationOptions.JSON, description = "Print the answer as JSON.")
    private boolean json;

    boolean json() {
        return json;
    }

    void print(JsonNode answer, PrintStream out) {
        if (json) {
            out.println(pretty(answer));
        } else if (answer.isTextual()) {
            out.print(answer.textValue());
        } else {
            out.print(Table.ofObject(answer));
        }
    }

    void printList(JsonNode page, List<String> columns, PrintStream out) {
        if (json) {
            out.println(pretty(page));
        } else {
            out.print(Table.ofList(page.path("items"), columns));
        }
    }

    static String pretty(JsonNode node) {
        try {
            return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be written", e);
        }
    }
}
