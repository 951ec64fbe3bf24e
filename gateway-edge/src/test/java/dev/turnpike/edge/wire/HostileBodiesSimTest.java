package dev.turnpike.edge.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.upload.SpoolSpace;
import dev.turnpike.edge.upload.Upload;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.EventRelay.EventView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies with bytes changed at random: refused, or forwarded with the model that was allowed. */
class HostileBodiesSimTest {
    private static final int ROUNDS = 20_000;
    private static final String TARGET = "target-1";
    private static final String TYPE = "multipart/form-data; boundary=b";

    private static final List<String> JSON =
            List.of(
                    "{\"model\":\"acme/x\",\"messages\":[{\"role\":\"user\",\"content\":\"a\\u0041\"}],"
                            + "\"stream\":true,\"stream_options\":{\"include_usage\":false},"
                            + "\"metadata\":{\"a\":\"b\"},\"n\":2,\"max_tokens\":7}",
                    "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}],"
                            + "\"metadata\":{},\"stream\":true,\"Model\":\"y\",\"model\":\"acme/x\"}");

    private static final String FILES =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nRIFF\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nacme/x\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n--b--\r\n";

    private static final String EVENTS =
            """
            event: response.created
            data: {"type":"response.created","response":{"id":"r1","model":"up"},"sequence_number":0}

            data: {"type":"response.output_text.delta","delta":"h\\u00e9i","sequence_number":1}

            : comment
            data: {"type":"response.completed","response":{"id":"r1","model":"up",\
            "usage":{"input_tokens":7,"output_tokens":3}},"sequence_number":2}

            """;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatIsForwardedNamesTheModelThatWasAllowed(long seed) {
        var random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var body = mutated(JSON.get(round % JSON.size()), random);
            accepted += forwarded(body, random.nextInt(4) == 0 ? "acme/path" : null) ? 1 : 0;
        }
        assertThat(accepted).as("seed %d", seed).isPositive();
    }

    private static boolean forwarded(byte[] body, @Nullable String pathModel) {
        ChatRequest request;
        try {
            request = ChatRequestReader.read(body, 0, body.length, RequestShape.CHAT, pathModel);
        } catch (BodyFaultException e) {
            return false;
        }
        var sent = ByteSlice.join(new BodyPatch(TARGET, true, false).apply(request));
        try {
            var again = ChatRequestReader.read(sent);
            assertThat(again.model()).isEqualTo(TARGET);
            assertThat(again.stream()).isEqualTo(request.stream());
            assertThat(again.metadata()).isEmpty();
            assertThat(again.wantsUsage()).isEqualTo(request.stream());
        } catch (BodyFaultException e) {
            throw new AssertionError(new String(sent, UTF_8), e);
        }
        return true;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void filesAreForwardedWithTheModelThatWasAllowed(long seed, @TempDir Path directory) {
        var space = new SpoolSpace(directory, 1 << 20);
        var random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var body = mutated(FILES, random);
            try (var upload = upload(body, space)) {
                var request = upload.begin(TYPE, null);
                assertThat(request.model()).isNotEmpty();
                accepted++;
                var sent = upload.body(TARGET).open();
                var again = upload(joined(sent), space);
                assertThat(again.begin(TYPE, null).model()).isEqualTo(TARGET);
            } catch (BodyFaultException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(accepted).as("seed %d", seed).isPositive();
    }

    private static Upload upload(byte[] body, SpoolSpace space) {
        var in = new ByteArrayInputStream(body);
        return new Upload(in::read, body.length, space);
    }

    private static byte[] joined(UpstreamBody.Pieces pieces) {
        var out = new ByteArrayOutputStream();
        try {
            for (var piece = pieces.next(); piece != null; piece = pieces.next()) {
                out.write(piece.array(), piece.offset(), piece.length());
            }
        } catch (UpstreamFaultException e) {
            throw new AssertionError("it was read whole before", e);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noStreamBreaksTheRelayOrMakesUpCounts(long seed) throws IOException {
        var random = new Random(seed);
        var head = new AnswerHead(AnswerHead.Kind.RESPONSE, "1", 7);
        var view = new EventView("acme/x", "up", head, id -> "shown");
        for (int round = 0; round < ROUNDS / 4; round++) {
            var bytes = mutated(EVENTS, random);
            var relay = new EventRelay(view, OutputMeter.NONE, () -> RawUsage.ZERO, () -> 1);
            var client = new ByteArrayOutputStream();
            boolean more = true;
            for (int at = 0; more && at < bytes.length; ) {
                int count = Math.min(1 + random.nextInt(90), bytes.length - at);
                count = Math.min(count, relay.room());
                System.arraycopy(bytes, at, relay.array(), relay.offset(), count);
                more = relay.relay(count, client::write);
                at += count;
            }
            var end = relay.conclude(true);
            assertThat(end.usage().completion()).isBetween(0L, RawUsage.COUNT_MAX);
            assertThat(end.whole() || end.tail().length() > 0 || client.size() > 0).isTrue();
        }
    }

    /** Some bytes changed, dropped, doubled or taken from elsewhere. */
    private static byte[] mutated(String text, Random random) {
        var bytes = text.getBytes(UTF_8);
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            int length = Math.min(bytes.length - at, 1 + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) "{}[]\",:\\-\r\n".charAt(random.nextInt(11));
                case 2 -> bytes = spliced(bytes, at, at + length, new byte[0]);
                default ->
                        bytes = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            }
            if (bytes.length == 0) {
                return new byte[] {'{'};
            }
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] instead) {
        var all = new byte[bytes.length - (to - from) + instead.length];
        System.arraycopy(bytes, 0, all, 0, from);
        System.arraycopy(instead, 0, all, from, instead.length);
        System.arraycopy(bytes, to, all, from + instead.length, bytes.length - to);
        return all;
    }
}
