package dev.turnpike.runtime.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.config.Settings;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MasterKeyTest {
    @Test
    void derivedKeysDifferByPurposeAndVersion() {
        var key = MasterKey.of(new byte[32]);
        var derived =
                Arrays.stream(MasterKey.Purpose.values())
                        .flatMap(purpose ->
                                Arrays.stream(new int[] {1, 2})
                                        .mapToObj(version -> key.derive(purpose, version)))
                        .map(HexFormat.of()::formatHex)
                        .toList();

        assertThat(derived).doesNotHaveDuplicates().allMatch(hex -> hex.length() == 64);
        // Pinned: a changed derivation would make every stored hash and credential useless.
        assertThat(HexFormat.of().formatHex(key.derive(MasterKey.Purpose.API_KEY_PEPPER, 1)))
                .isEqualTo("8bd4b1074dbc15f3e2fbfacdb581a2a68a7f087e7fe1e7d1053a12a893a044d2");
    }

    @Test
    void theSettingTakesBase64OfThirtyTwoBytesOnly() {
        var good = "A".repeat(43) + "=";
        var settings = Settings.of(Map.of(MasterKey.SETTING, good));
        var bad = Settings.of(Map.of(MasterKey.SETTING, "AAAA"));

        assertThat(MasterKey.read(settings)).isPresent();
        settings.finish();
        assertThat(MasterKey.read(bad)).isEmpty();
        assertThatThrownBy(bad::finish).hasMessageContaining("must be 32 bytes as base64");
        assertThat(MasterKey.parse("A".repeat(43))).isPresent();
        assertThat(MasterKey.parse("not base64!")).isEmpty();
    }

    @Test
    void aMasterKeyPrintsAsItsFingerprint() {
        assertThat(MasterKey.of(new byte[32]).toString()).matches("\\[master key [0-9a-f]{8}]");
    }
}
