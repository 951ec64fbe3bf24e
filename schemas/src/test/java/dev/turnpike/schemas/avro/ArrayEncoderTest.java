package dev.turnpike.schemas.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bytes as Avro's own encoder, whatever is written. */
class ArrayEncoderTest {
    private static final int STEPS = 2_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void writesWhatAvroWrites(long seed) throws IOException {
        var ours = new ArrayEncoder(1);
        write(ours, new Random(seed));
        var bytes = new ByteArrayOutputStream();
        var avros = EncoderFactory.get().directBinaryEncoder(bytes, null);
        write(avros, new Random(seed));
        avros.flush();
        assertThat(ours.toByteArray()).isEqualTo(bytes.toByteArray());
    }

    @Test
    void whatIsKeptStaysWhenTheRestIsWrittenAgain() {
        var out = new ArrayEncoder(1);
        out.writeRawShort(0x0102);
        out.writeString("gone");
        out.truncate(2);
        assertThatThrownBy(() -> out.setRawInt(0, 1)).isInstanceOf(RuntimeException.class);
        out.writeRawLong(7);
        out.setRawInt(2, -1);
        out.setRawInt(6, -2);
        out.writeString("k\u00e9");
        assertThat(out.length()).isEqualTo(14);
        assertThat(out.toByteArray(10)).containsExactly(6, 'k', 0xc3, 0xa9);
        assertThat(out.toByteArray()).startsWith(1, 2, 0xff, 0xff).hasSize(14);
        assertThatThrownBy(() -> out.truncate(15)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textThatIsKnownToBeAsciiIsTextAndRawTextHasNoLength() {
        var out = new ArrayEncoder(1);
        out.writeAscii("req_0");
        out.writeRawText("k\u00e9");
        out.writeRawText("k");
        assertThat(out.toByteArray())
                .containsExactly(10, 'r', 'e', 'q', '_', '0', 'k', 0xc3, 0xa9, 'k');
    }

    private static void write(Encoder out, Random random) throws IOException {
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(10)) {
                case 0 -> out.writeLong(random.nextLong() >> random.nextInt(64));
                case 1 -> out.writeInt(random.nextInt() >> random.nextInt(32));
                case 2 -> out.writeBoolean(random.nextBoolean());
                case 3 -> out.writeDouble(random.nextDouble());
                case 4 -> out.writeFloat(random.nextFloat());
                case 5 -> out.writeString(text(random));
                case 6 -> out.writeString(new Utf8(text(random)));
                case 7 -> out.writeBytes(ByteBuffer.wrap(bytes(random)));
                case 8 -> {
                    out.writeArrayStart();
                    int count = random.nextInt(3);
                    out.setItemCount(count);
                    for (int item = 0; item < count; item++) {
                        out.startItem();
                        out.writeIndex(1);
                    }
                    out.writeArrayEnd();
                }
                default -> out.writeFixed(bytes(random));
            }
        }
    }

    private static String text(Random random) {
        // As most are: of ASCII alone.
        int end = random.nextBoolean() ? 127 : 0x2000;
        return random.ints(random.nextInt(40), 32, end)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static byte[] bytes(Random random) {
        var bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }
}
