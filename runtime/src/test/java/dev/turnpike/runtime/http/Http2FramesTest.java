package dev.turnpike.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.DataReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http2FramesTest {
    private static final int DATA = 0;
    private static final int RST_STREAM = 3;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 9, 10, 1 << 20})
    void aResetIsSeenHoweverTheBytesComeAndNeverInTheDataOfOthers(int most) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(frame(DATA, 5, frame(RST_STREAM, 5, new byte[4])));
        bytes.writeBytes(frame(DATA, 7, new byte[70_000]));
        bytes.writeBytes(frame(RST_STREAM, 65_537, new byte[4]));
        bytes.writeBytes(frame(DATA, 7, new byte[0]));
        bytes.writeBytes(frame(RST_STREAM, 3, new byte[4]));
        var frames = new Http2Frames(DataReader.create(() -> new byte[0]));

        var all = bytes.toByteArray();
        for (int at = 0; at < all.length; at += most) {
            frames.look(Arrays.copyOfRange(all, at, Math.min(all.length, at + most)));
        }

        assertThat(frames.present(3)).isFalse();
        assertThat(frames.present(65_537)).isFalse();
        assertThat(frames.present(5)).isTrue();
        assertThat(frames.present(7)).isTrue();
    }

    private static byte[] frame(int type, int stream, byte[] payload) {
        var out = new ByteArrayOutputStream();
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(0);
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(stream >> shift);
        }
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
