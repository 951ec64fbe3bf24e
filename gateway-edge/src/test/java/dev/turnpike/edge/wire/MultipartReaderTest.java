package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MultipartReaderTest {
    private static final String TYPE = "multipart/form-data; boundary=\"b\"; charset=utf-8";
    private static final String FILE =
            "--b\r\nContent-Disposition: form-data; filename=\"a.wav\"; name=\"file\"\r\n"
                    + "Content-Type: audio/wav\r\n\r\nRI\r\n--FF\r\n";
    private static final String END = "--b--\r\n";

    @Test
    void theModelIsFoundWhereverItStandsAndOnlyItIsReplaced() throws BodyFaultException {
        for (var body : List.of(FILE + part("model", "acme/x"), part("model", "acme/x") + FILE)) {
            var request = read(body + END, null);

            assertThat(request.model()).isEqualTo("acme/x");
            assertThat(request.stream()).isFalse();
            assertThat(text(request, "whisper"))
                    .isEqualTo((body + END).replace("acme/x", "whisper"));
        }
    }

    @Test
    void aModelInTheUrlIsPutIntoTheBody() throws BodyFaultException {
        var request = read(FILE + END, "acme/x");

        assertThat(request.model()).isEqualTo("acme/x");
        var sent = text(request, "whisper");
        assertThat(sent).endsWith(FILE + END);
        var again = MultipartReader.read(bytes(sent), TYPE, null);
        assertThat(again.model()).isEqualTo("whisper");
    }

    @Test
    void whetherToStreamIsRead() throws BodyFaultException {
        assertThat(read(part("model", "m") + part("stream", "true") + END, null).stream()).isTrue();
    }

    @Test
    void whatTwoReadersCouldReadDifferentlyIsRefused() {
        var bodies =
                List.of(
                        FILE + END,
                        part("model", "a") + part("model", "b") + END,
                        part("Model", "a") + part("model", "b") + END,
                        part("model", ""),
                        part("model", "a"),
                        part("model", "a") + "--b",
                        "x" + part("model", "a") + END,
                        "--b\r\nContent-Disposition: form-data\r\n\r\na\r\n--b--\r\n",
                        part("x", "y").repeat(MultipartReader.PARTS_MAX + 1) + END,
                        "--b\r\nx: " + "y".repeat(9_000) + "\r\n\r\n\r\n--b--\r\n",
                        "");
        for (var body : bodies) {
            assertThatThrownBy(() -> read(body, null))
                    .as(body.substring(0, Math.min(60, body.length())))
                    .isInstanceOf(BodyFaultException.class);
        }
        for (var type :
                List.of("application/json", "multipart/form-data", TYPE.replace("b\"", "\""))) {
            assertThatThrownBy(() -> MultipartReader.read(bytes(FILE), type, "m"))
                    .isInstanceOf(BodyFaultException.class);
        }
    }

    private static String part(String name, String value) {
        return "--b\r\ncontent-disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                .formatted(name, value);
    }

    private static MultipartRequest read(String body, @Nullable String model)
            throws BodyFaultException {
        return MultipartReader.read(bytes(body), TYPE, model);
    }

    private static String text(MultipartRequest request, String model) {
        return new String(ByteSlice.join(request.withModel(model)), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
