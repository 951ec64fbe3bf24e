package dev.turnpike.runtime.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyFileIT {
    @TempDir Path directory;

    @Test
    void aNewKeyIsKeptForTheOwnerAloneAndReadBack() throws IOException {
        var file = directory.resolve("master.key");

        var made = MasterKey.loadOrCreate(file, new Random(1));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(MasterKey.loadOrCreate(file, new Random(2)).fingerprint())
                .isEqualTo(made.fingerprint());
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aKeyOthersCanReadIsRefused() throws IOException {
        var file = directory.resolve("master.key");
        MasterKey.loadOrCreate(file, new Random(1));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> MasterKey.loadOrCreate(file, new Random(1)))
                .hasMessageContaining("can be read by others");
    }

    @Test
    void aFileWithAnythingElseIsNotOverwritten() throws IOException {
        var file = Files.writeString(directory.resolve("master.key"), "torn");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(() -> MasterKey.loadOrCreate(file, new Random(1)))
                .hasMessageContaining("does not hold a master key");
        assertThat(file).hasContent("torn");
    }
}
