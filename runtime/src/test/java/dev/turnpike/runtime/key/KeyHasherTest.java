package dev.turnpike.runtime.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.secret.MasterKey;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class KeyHasherTest {
    private static final byte[] OLD = new byte[32];
    private static final byte[] NEW =
            "new pepper of thirty-two bytes..".getBytes(StandardCharsets.US_ASCII);

    private final KeyHasher hasher = new KeyHasher(Map.of(1, OLD, 2, NEW), 2);

    @Test
    void theHashIsHmacSha256UnderTheCurrentPepper() {
        // RFC 4231, test case 2: key "Jefe".
        var jefe = new KeyHasher(Map.of(1, "Jefe".getBytes(StandardCharsets.US_ASCII)), 1);

        assertThat(jefe.hash("what do ya want for nothing?").hex())
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void onlyTheRightKeyUnderItsOwnPepperMatches() {
        var stored = hasher.hash("key");
        var older = new KeyHasher(Map.of(1, OLD), 1).hash("key");

        assertThat(hasher.matches("key", stored)).isTrue();
        assertThat(hasher.matches("key", older)).isTrue();
        assertThat(hasher.matches("kez", stored)).isFalse();
        assertThat(hasher.matches("key", new KeyHash(stored.hex(), 1))).isFalse();
        assertThat(hasher.matches("key", new KeyHash(stored.hex(), 3))).isFalse();
        assertThat(hasher.matches("key", null)).isFalse();
        assertThat(hasher.matches("k".repeat(513), hasher.hash("k".repeat(513)))).isFalse();
    }

    @Test
    void oneHasherServesManyThreads() {
        var wrong = ConcurrentHashMap.<Integer>newKeySet();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 500; i++) {
                int number = i;
                threads.execute(() -> {
                    var key = "key" + number;
                    if (!hasher.matches(key, hasher.hash(key))) {
                        wrong.add(number);
                    }
                });
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void peppersComeFromTheMasterKeyAndDifferByVersion() {
        var master = MasterKey.of(OLD);
        var hashes = new HashSet<String>();
        for (int versions = 1; versions <= 3; versions++) {
            hashes.add(KeyHasher.of(master, versions).hash("key").hex());
        }

        assertThat(hashes).hasSize(3);
        assertThat(KeyHasher.of(master, 3).matches("key", KeyHasher.of(master, 1).hash("key")))
                .isTrue();
    }

    @Test
    void aHasherNeedsItsCurrentPepper() {
        assertThatThrownBy(() -> new KeyHasher(Map.of(1, OLD), 2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
