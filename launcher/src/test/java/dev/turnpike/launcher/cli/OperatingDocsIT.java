package dev.turnpike.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written about settings is what is read. */
class OperatingDocsIT {
    @ParameterizedTest
    @CsvSource({"schema,config.schema.json", "docs,settings.md"})
    void theCommittedFileIsWhatTheCommandPrints(String command, String file) throws IOException {
        var out = new ByteArrayOutputStream();
        var print = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(TurnpikeCommand.run(new Console(Map.of(), print, print), "config", command))
                .isZero();
        var path = Path.of("..", "docs", "operating", file);
        assertThat(Files.readString(path))
                .as("write it anew: ./turnpike config %s >docs/operating/%s", command, file)
                .isEqualTo(out.toString(StandardCharsets.UTF_8));
    }
}
