package dev.turnpike.runtime.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipBodyTest {
    private static final long BYTES_MAX = 1 << 20;

    @Test
    void manyEmptyMembersAreRefusedAndDoNotFillTheStack() throws IOException {
        assertThatThrownBy(() -> unpacked(members(50_000)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        assertThat(unpacked(members(GzipBody.MEMBERS_MAX))).isEmpty();
    }

    @Test
    void membersFollowEachOther() throws IOException {
        var packed = new ByteArrayOutputStream();
        packed.writeBytes(gzip("one ".getBytes(US_ASCII)));
        packed.writeBytes(gzip(new byte[0]));
        packed.writeBytes(gzip("two".getBytes(US_ASCII)));

        assertThat(new String(unpacked(packed.toByteArray()), US_ASCII)).isEqualTo("one two");
    }

    @Test
    void whatAHeadSaysBesideIsPassedOver() throws IOException {
        var plain = gzip("text".getBytes(US_ASCII));
        var packed = new ByteArrayOutputStream();
        packed.write(plain, 0, 3);
        packed.write(2 | 4 | 8 | 16); // A sum, something more, a name, a comment.
        packed.write(plain, 4, 6);
        packed.writeBytes(new byte[] {3, 0, 'a', 'b', 'c', 'n', 0, 'c', 0, 1, 2});
        packed.write(plain, 10, plain.length - 10);

        assertThat(new String(unpacked(packed.toByteArray()), US_ASCII)).isEqualTo("text");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatWasPackedComesBackHoweverItIsRead(long seed) throws IOException {
        var random = new Random(seed);
        var text = new byte[random.nextInt(200_000)];
        random.nextBytes(text);
        Arrays.fill(text, 0, text.length / 2, (byte) 'x');

        assertThat(unpacked(gzip(text))).isEqualTo(text);
        try (var in = new GzipBody(new Dripping(gzip(text), random), BYTES_MAX)) {
            assertThat(in.readAllBytes()).isEqualTo(text);
        }
    }

    @Test
    void noBitOfAPackedBodyCanBeChangedUnseen() throws IOException {
        var text = "some words, some words, some words".getBytes(US_ASCII);
        var packed = gzip(text);
        for (int i = 10; i < packed.length; i++) {
            var changed = packed.clone();
            changed[i] ^= 1;
            var cut = Arrays.copyOf(packed, i);

            assertThatThrownBy(() -> unpacked(changed)).isInstanceOf(ProblemException.class);
            assertThatThrownBy(() -> unpacked(cut)).isInstanceOf(ProblemException.class);
        }
    }

    private static byte[] members(int count) throws IOException {
        var empty = gzip(new byte[0]);
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(empty);
        }
        return all.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (var in = new GzipBody(new ByteArrayInputStream(packed), BYTES_MAX)) {
            return in.readAllBytes();
        }
    }

    /** Says a few bytes at a time. */
    private static final class Dripping extends InputStream {
        private final InputStream in;
        private final Random random;

        Dripping(byte[] bytes, Random random) {
            this.in = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return in.read(into, offset, Math.min(length, 1 + random.nextInt(7)));
        }
    }
}
