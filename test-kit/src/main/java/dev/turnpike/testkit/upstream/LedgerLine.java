package dev.turnpike.testkit.upstream;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.turnpike.testkit.http.Played.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One ended request in the ledger file of an upstream that runs as its own process.
 *
 * @param requestId as the gateway sent it; empty when it did not
 * @param millis from arrival to the end of the answer
 */
public record LedgerLine(
        int number,
        String requestId,
        String model,
        String script,
        Ending ending,
        int tokens,
        long bytes,
        long millis) {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Reads what has been written so far, in order of ending; nothing when there is no file yet.
     */
    public static List<LedgerLine> read(Path file) {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            var text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1) // A line may be half written.
                    .lines()
                    .map(LedgerLine::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LedgerLine parse(String line) {
        try {
            return JSON.readValue(line, LedgerLine.class);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }
}
