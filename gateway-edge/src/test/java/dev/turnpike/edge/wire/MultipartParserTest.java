package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartParserTest {
    private static final String TYPE = "multipart/form-data; boundary=\"bnd\"; charset=utf-8";
    private static final String FILE =
            "--bnd\r\nContent-Disposition: form-data; filename=\"a.wav\"; name=\"file\"\r\n"
                    + "Content-Type: audio/wav\r\n\r\nRI\r\n--b\n-FF\r\n-\r\n";
    private static final String MODEL = part("model", "acme/x");
    private static final String END = "--bnd--\r\n";

    /** What a reader came to know of a body, and the bytes it handed out. */
    private record Parsed(FormFields fields, byte[] bytes) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 1 << 20})
    void everyByteIsHandedOutOnceHoweverTheBodyComes(int most)
            throws BodyFaultException, IOException {
        var random = new Random(most);
        var noise = new byte[100_000];
        random.nextBytes(noise);
        var file = new String(noise, StandardCharsets.ISO_8859_1);
        var body = FILE + MODEL + FILE.replace("RI", file) + part("stream", "true") + END;

        var parsed = parse(body, TYPE, most);

        assertThat(parsed.bytes()).isEqualTo(bytes(body));
        assertThat(parsed.fields().model()).contains("acme/x");
        assertThat(parsed.fields().stream()).isTrue();
        assertThat(parsed.fields().ended()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Disposition: form-data; name=model",
                "content-disposition:form-data;name=\"model\"",
                "Content-Disposition: form-data; name=\"model\"; ",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Type: text/plain",
                "Content-Disposition: form-data; name=\"model\"\r\n"
                        + "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit",
                "Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"model\"",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Length: 6"
            })
    void theModelIsFoundAsEveryClientWritesIt(String head) throws BodyFaultException, IOException {
        var body = "--bnd\r\n" + head + "\r\n\r\nacme/x\r\n" + FILE + END;

        assertThat(parse(body, TYPE, 100).fields().model()).contains("acme/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "filename=\"we ird; name=model.wav\"",
                "filename=\"C:\\\\dir\\\\a.wav\"",
                "filename=\"\u00fc\u4f60.wav\"",
                "filename*=UTF-8''a%20b.wav",
                "filename=\"a%22b.wav\""
            })
    void filesMayBeCalledManyThings(String filename) throws BodyFaultException, IOException {
        var body = FILE.replace("filename=\"a.wav\"", filename) + MODEL + END;

        assertThat(parse(body, TYPE, 100).fields().model()).contains("acme/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Ends that are none
                "",
                "--bnd",
                "--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na",
                "--bnd\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na\r\n--bnd",
                "--bnd\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na\r\n--bnd-",
                "--bnd\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na\r\n--bnd-- ",
                "M--bnd--\r\n--bnd\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nb",
                // Boundaries that some see and others do not
                "preamble\r\n--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\na\r\n--bnd--",
                "--bnd \r\nContent-Disposition: form-data; name=\"x\"\r\n\r\na\r\n--bnd--",
                "--bnd\nContent-Disposition: form-data; name=\"x\"\n\na\n--bnd--",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\na\n--bnd\n"
                        + "Content-Disposition: form-data; name=\"model\"\n\nb\r\n--bnd--",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\na\r--bnd\r\n--bnd--",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n--bnd\r\n\r\n--bnd--",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\na\r\n--bndy\r\n--bnd--",
                // Heads
                "--bnd\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: attachment; name=\"x\"\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Type: text/plain\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n name=\"model\"\r\n\r\na"
                        + "\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition : form-data; name=\"x\"\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\rX: y\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\nX: y\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\nX: a\0b\r\n\r\na\r\n--bnd--",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n"
                        + "Content-Disposition: form-data; name=\"model\"\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"; name=\"model\"\r\n\r\na"
                        + "\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"; name*=UTF-8''model\r\n\r\na"
                        + "\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"; name*0=\"model\"\r\n\r\na"
                        + "\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"; filename*0=\"a\"\r\n\r\na"
                        + "\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"; filename=\"a\\\"; "
                        + "name=\\\"model\"\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"; filename=\"a\r\nb\"\r\n\r\na"
                        + "\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"mod\\el\"\r\n\r\na\r\n--bnd--\r\n",
                "--bnd\r\nContent-Disposition: form-data; name=\"x\" filename=a\r\n\r\na\r\n--bnd--",
                // Parts within parts
                "--bnd\r\nContent-Disposition: form-data; name=\"x\"\r\n"
                        + "Content-Type: multipart/mixed; boundary=bnd\r\n\r\na\r\n--bnd--\r\n"
            })
    void whatTwoReadersCouldReadDifferentlyIsRefused(String body) {
        var hostile = body.startsWith("M") ? MODEL + body.substring(1) : body;

        assertThatThrownBy(() -> parse(hostile, TYPE, 1 << 20))
                .isInstanceOf(BodyFaultException.class);
        assertThatThrownBy(() -> parse(hostile, TYPE, 1)).isInstanceOf(BodyFaultException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name=\"model\"",
                "name=\"Model\"",
                "name=\" model\"",
                "name=\"model[]\"",
                "name=\"model\"; filename=\"m\"",
                "name=\"_charset_\"",
                "name=\"model\"\r\nContent-Transfer-Encoding: base64",
                "name=\"model\"\r\nContent-Type: text/plain; charset=utf-16",
                "name=\"model\"\r\nContent-Type: application/json"
            })
    void noPartCanBeTakenForAnotherModel(String disposition) {
        var other = "--bnd\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\nother\r\n";

        assertThatThrownBy(() -> parse(MODEL + FILE + other + END, TYPE, 1_000))
                .isInstanceOf(BodyFaultException.class);
        if (!disposition.equals("name=\"model\"")) {
            assertThatThrownBy(() -> parse(other + FILE + END, TYPE, 1_000))
                    .isInstanceOf(BodyFaultException.class);
        }
    }

    @Test
    void everythingHasItsBound() {
        var many = part("x", "y").repeat(10_000) + END;
        var head = "--bnd\r\nx: " + "y".repeat(9_000) + "\r\n\r\n\r\n--bnd--\r\n";
        var noEnd = "--bnd\r\nx: " + "y".repeat(100_000);
        for (var body :
                new String[] {
                    many,
                    head,
                    noEnd,
                    part("model", "m".repeat(513)) + END,
                    part("model", "m".repeat(100_000)) + END,
                    part("model", " ") + END,
                    part("model", "\u00c3(") + END,
                    part("stream", "t".repeat(17)) + END
                }) {
            assertThatThrownBy(() -> parse(body, TYPE, 5_000))
                    .isInstanceOf(BodyFaultException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "multipart/form-data",
                "multipart/mixed; boundary=bnd",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; boundary=bnd; boundary=other",
                "multipart/form-data; boundary=\"bnd",
                "multipart/form-data; boundary=\"b nd\"",
                "multipart/form-data; boundary=\"b\\\"nd\"",
                "multipart/form-data; boundary=bnd extra",
                "multipart/form-data; boundary*=utf-8''bnd; boundary=bnd",
                "multipart/form-data; boundary=b\u00e4"
            })
    void aContentTypeThatNamesNoPlainBoundaryIsRefused(String type) {
        assertThatThrownBy(() -> parse(FILE + END, type, 100))
                .isInstanceOf(BodyFaultException.class);
        assertThatThrownBy(() ->
                        MultipartType.parse("multipart/form-data; boundary=" + "b".repeat(71)))
                .isInstanceOf(BodyFaultException.class);
    }

    @Test
    void aTargetIsToldTheBoundaryAndNothingElse() throws BodyFaultException {
        assertThat(MultipartType.parse("Multipart/Form-Data;charset=x;BOUNDARY=a'b").header())
                .isEqualTo("multipart/form-data; boundary=a'b");
        assertThat(MultipartType.parse("multipart/form-data; boundary=\"a:b\"; x=y").header())
                .isEqualTo("multipart/form-data; boundary=\"a:b\"");
    }

    private static String part(String name, String value) {
        return "--bnd\r\ncontent-disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                .formatted(name, value);
    }

    private static Parsed parse(String body, String type, int most)
            throws BodyFaultException, IOException {
        var bytes = bytes(body);
        var at = new int[1];
        ByteSource source =
                (buffer, offset, length) -> {
                    int count = Math.min(Math.min(most, length), bytes.length - at[0]);
                    System.arraycopy(bytes, at[0], buffer, offset, count);
                    at[0] += count;
                    return count == 0 ? -1 : count;
                };
        var parser = new MultipartParser(source, MultipartType.parse(type));
        var fields = new FormFields();
        var out = new ByteArrayOutputStream();
        while (!fields.ended()) {
            var piece = parser.next();
            fields.take(piece);
            var slice = piece.bytes();
            out.write(slice.array(), slice.offset(), slice.length());
        }
        return new Parsed(fields, out.toByteArray());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
