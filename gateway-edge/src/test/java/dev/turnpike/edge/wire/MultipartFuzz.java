package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.turnpike.edge.wire.MultipartParser.End;
import dev.turnpike.edge.wire.MultipartParser.Head;
import dev.turnpike.edge.wire.MultipartParser.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Uploads as strangers send them. However the bytes of a body come, the same parts are found, and
 * they are those that a reader finds who simply cuts the body at its boundaries; every byte goes on
 * once and in order; no more is held than said; and what is refused is refused with a reason. Run
 * without Jazzer's engine like {@link WireFuzz}.
 */
class MultipartFuzz {
    private static final int ROUNDS = 2_000;
    private static final String CUT = "\r\n--bnd";
    private static final String NAMED = "--bnd\r\nContent-Disposition: form-data; name=";

    /** A prime, so that pieces do not fall on the same places, and one that all bodies fit. */
    private static final int[] SIZES = {1, 7, 1 << 20};

    private static final List<byte[]> BODIES =
            WireFuzz.bytes(
                    NAMED + "\"model\"\r\n\r\nacme/x" + CUT + "--\r\n",
                    NAMED
                            + "file; filename=\"a.wav\"\r\n"
                            + "Content-Type: audio/wav\r\n\r\n"
                            + "RI\r\n"
                            + "--b\n"
                            + "-F\r\n"
                            + NAMED
                            + "stream\r\n\r\ntrue"
                            + CUT
                            + "--",
                    NAMED + "\"a\"\r\n\r\n\r\n" + NAMED + "\"a\"\r\n\r\n\r\n\r\n--bnd--\r\n",
                    NAMED
                            + "x\r\nContent-Type: text/plain; charset=utf-8\r\n--bnd: y\r\n\r\n-"
                            + CUT
                            + "--\r\n\r\n");

    private record Part(PartHead head, ByteArrayOutputStream value) {
        String text() {
            return value.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * What came of a body.
     *
     * @param refused whether it was, and then the value of the last part may be incomplete
     */
    private record Found(List<Part> parts, FormFields fields, byte[] handedOut, boolean refused) {}

    /** Hands a body out in pieces, and looks at who asks. */
    private static final class Pieces implements ByteSource {
        private final byte[] body;
        private final int most;
        private int taken;

        Pieces(byte[] body, int most) {
            this.body = body;
            this.most = most;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            check(buffer.length == MultipartParser.BUFFER_BYTES, "holds more than it says");
            check(length > 0, "asks for nothing");
            int count = Math.min(Math.min(most, length), body.length - taken);
            System.arraycopy(body, taken, buffer, offset, count);
            taken += count;
            return count == 0 ? -1 : count;
        }
    }

    @FuzzTest
    void partsAreTheSameHoweverTheBytesOfTheBodyCome(byte[] body) throws Exception {
        var whole = found(body, SIZES[SIZES.length - 1]);
        for (int most : SIZES) {
            var found = found(body, most);
            assertThat(found.refused()).isEqualTo(whole.refused());
            assertThat(found.parts()).hasSameSizeAs(whole.parts());
            for (int i = 0; i < found.parts().size(); i++) {
                assertThat(found.parts().get(i).head()).isEqualTo(whole.parts().get(i).head());
                boolean last = i == found.parts().size() - 1;
                if (!last || !found.refused()) {
                    assertThat(found.parts().get(i).text()).isEqualTo(whole.parts().get(i).text());
                }
            }
            var out = found.handedOut();
            assertThat(Arrays.copyOf(body, out.length)).isEqualTo(out);
            if (!found.refused()) {
                assertThat(out).hasSameSizeAs(body);
                assertThat(found.fields().model()).isEqualTo(whole.fields().model());
                assertThat(found.fields().stream()).isEqualTo(whole.fields().stream());
            }
        }
        if (!whole.refused()) {
            assertThat(whole.parts().stream().map(Part::text).toList()).isEqualTo(simply(body));
        }
    }

    private static Found found(byte[] body, int most) throws IOException, BodyFaultException {
        var source = new Pieces(body, most);
        var type = MultipartType.parse("multipart/form-data; boundary=bnd");
        var parser = new MultipartParser(source, type);
        var parts = new ArrayList<Part>();
        var fields = new FormFields();
        var out = new ByteArrayOutputStream();
        try {
            while (!fields.ended()) {
                var piece = parser.next();
                var bytes = piece.bytes();
                fields.take(piece);
                switch (piece) {
                    case Head(var _, var head) ->
                            parts.add(new Part(head, new ByteArrayOutputStream()));
                    case Value(var value) -> {
                        check(value.length() > 0, "hands out nothing");
                        parts.getLast().value().writeBytes(ByteSlice.join(List.of(value)));
                    }
                    case End _ -> check(!parts.isEmpty(), "ends before it began");
                }
                out.write(bytes.array(), bytes.offset(), bytes.length());
                check(source.taken - out.size() < MultipartParser.BUFFER_BYTES, "keeps too much");
                check(parts.size() <= MultipartParser.PARTS_MAX, "finds too many parts");
            }
            return new Found(parts, fields, out.toByteArray(), false);
        } catch (BodyFaultException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return new Found(parts, fields, out.toByteArray(), true);
        }
    }

    /** Asked for every byte, for which an assertion with more words would take too long. */
    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("the reader " + otherwise);
        }
    }

    /** The values that somebody finds who does not care for anything but boundaries. */
    private static List<String> simply(byte[] body) {
        var text = "\r\n" + new String(body, StandardCharsets.ISO_8859_1);
        var cut = text.split(CUT, -1);
        var values = new ArrayList<String>();
        for (int i = 1; i < cut.length - 1; i++) {
            values.add(cut[i].substring(cut[i].indexOf("\r\n\r\n") + 4));
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedBodiesDoNoHarm(long seed) throws Exception {
        var random = Damage.seeded(seed);
        for (int round = 0; round < ROUNDS; round++) {
            partsAreTheSameHoweverTheBytesOfTheBodyCome(Damage.of(BODIES, random));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void bodiesLargerThanTheBufferAreReadAlike(int buffers) throws Exception {
        int length = buffers * MultipartParser.BUFFER_BYTES;
        for (int more = -4; more <= 4; more++) {
            var value = "\r\n--bn".repeat((length + more) / 6) + "x".repeat((length + more) % 6);
            var body = NAMED + "file; filename=a\r\n\r\n" + value + CUT + "--";
            partsAreTheSameHoweverTheBytesOfTheBodyCome(body.getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
