package dev.turnpike.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ed25519Test {
    private static final String NULL = "00".repeat(31);

    /** All points of order 1, 2, 4 and 8, each with either sign of x, legal or not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
            })
    void aKeyUnderWhichAnybodyCanSignIsNone(String key) {
        assertThat(Ed25519.isKey(bytes(key))).isFalse();
        assertThat(anySignatureHolds(bytes(key))).isFalse();
    }

    /** What is written as a number beyond the field's prime is read by some as what remains. */
    @Test
    void anEncodingBeyondThePrimeIsNone() {
        for (int low = 0xed; low <= 0xff; low++) {
            for (var high : new String[] {"7f", "ff"}) {
                var key = HexFormat.of().toHexDigits((byte) low) + "ff".repeat(30) + high;
                assertThat(Ed25519.isKey(bytes(key))).as(key).isFalse();
            }
        }
    }

    @Test
    void keysThatAreMadeAreKeys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("Ed25519");
        for (int i = 0; i < 20; i++) {
            var encoded = generator.generateKeyPair().getPublic().getEncoded();
            var key = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
            assertThat(Ed25519.isKey(key)).as(HexFormat.of().formatHex(key)).isTrue();
        }
        // The test vector of RFC 8032, 7.1.
        assertThat(
                        Ed25519.isKey(
                                bytes(
                                        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")))
                .isTrue();
    }

    @Test
    void anythingOfAnotherLengthIsNone() {
        assertThat(Ed25519.isKey(bytes(NULL))).isFalse();
        assertThat(Ed25519.isKey(bytes(NULL + "0000"))).isFalse();
    }

    /** R is the neutral element and S is 0: it holds whenever the hash of the message says so. */
    private static boolean anySignatureHolds(byte[] key) {
        var signature = bytes("01" + "00".repeat(63));
        for (int i = 0; i < 64; i++) {
            if (Ed25519.verify(key, new byte[] {(byte) i}, signature)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
