package dev.turnpike.runtime.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HmacSha256Test {
    private static final int LENGTH_MAX = 200;

    @Test
    void itIsWhatThePlatformComputesForKeysAndMessagesOfEveryLength()
            throws GeneralSecurityException {
        var random = new Random(1);
        for (int length = 1; length <= LENGTH_MAX; length++) {
            var key = bytes(random, length);
            var message = bytes(random, random.nextInt(LENGTH_MAX));
            var platform = Mac.getInstance("HmacSHA256");
            platform.init(new SecretKeySpec(key, "HmacSHA256"));

            assertThat(new HmacSha256(key).of(message))
                    .as("key of %d bytes", length)
                    .isEqualTo(platform.doFinal(message));
        }
    }

    @Test
    void oneUseLeavesNothingForTheNext() {
        var mac = new HmacSha256(new byte[32]);
        var first = mac.of(new byte[100]);
        mac.of(new byte[7]);

        assertThat(mac.of(new byte[100])).isEqualTo(first);
    }

    private static byte[] bytes(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
