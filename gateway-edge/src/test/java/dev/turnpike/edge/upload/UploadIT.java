package dev.turnpike.edge.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.upstream.UpstreamFault.BodyLost;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ByteSource;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadIT {
    private static final String TYPE = "multipart/form-data; boundary=b";
    private static final String END = "--b--\r\n";
    private static final long DISK = 1 << 20;

    @TempDir private Path directory;
    private SpoolSpace space;
    private int come;

    @BeforeEach
    void open() {
        space = new SpoolSpace(directory.resolve("uploads"), DISK);
    }

    @Test
    void aModelInFrontOfAFileLetsTheRestGoByAsItComes() throws Exception {
        var body = model("acme/x") + file(500_000) + END;
        try (var upload = upload(body)) {
            var request = upload.begin(TYPE, null);

            assertThat(request.model()).isEqualTo("acme/x");
            assertThat(come).isLessThan(2 * Upload.BEGINNING_BYTES);
            assertThat(upload.sendable()).isTrue();
            var sent = upload.body("whisper");
            assertThat(sent.repeatable()).isFalse();
            assertThat(sent.length()).isEqualTo(body.length() + 1);
            assertThat(text(sent)).isEqualTo(body.replace("acme/x", "whisper"));
            assertThat(upload.sendable()).isFalse();
            assertThat(space.taken()).isZero();
        }
    }

    @Test
    void aModelBehindAFileIsWaitedForOnDiskAndTheBodyCanBeSentAgain() throws Exception {
        var body = file(500_000) + model("acme/x") + END;
        try (var upload = upload(body)) {
            assertThat(upload.begin(TYPE, null).model()).isEqualTo("acme/x");
            assertThat(space.taken()).isEqualTo(body.length());
            for (var target : new String[] {"whisper", "w"}) {
                var sent = upload.body(target);
                assertThat(sent.repeatable()).isTrue();
                assertThat(sent.length()).isEqualTo(text(sent).length());
                assertThat(text(sent)).isEqualTo(body.replace("acme/x", target));
            }
            assertThat(upload.sendable()).isTrue();
        }
        assertThat(space.taken()).isZero();
        try (var files = Files.list(directory.resolve("uploads"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aModelInTheUrlIsPutInFrontOfABodyThatHasNone() throws Exception {
        for (int size : new int[] {10, 300_000}) {
            come = 0;
            try (var upload = upload(file(size) + END)) {
                assertThat(upload.begin(TYPE, "acme/x").model()).isEqualTo("acme/x");
                var sent = upload.body("whisper");

                assertThat(text(sent)).endsWith(file(size) + END).contains("\r\n\r\nwhisper\r\n");
                assertThat(sent.length()).isEqualTo(text(sent).length());
            }
        }
    }

    @Test
    void aSecondModelBehindTheFileNeverGoesOut() throws Exception {
        var out = new ByteArrayOutputStream();
        try (var upload = upload(model("acme/x") + file(300_000) + model("dear") + END)) {
            var _ = upload.begin(TYPE, null);

            assertThatThrownBy(() -> write(upload.body("whisper"), out))
                    .isInstanceOf(UpstreamFaultException.class)
                    .hasCauseInstanceOf(BodyFaultException.class)
                    .extracting(e -> ((UpstreamFaultException) e).fault())
                    .isInstanceOf(BodyLost.class);
        }
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).doesNotContain("dear", END);
    }

    @Test
    void aBodyThatBreaksOffIsLost() throws Exception {
        try (var upload = upload(model("acme/x") + file(300_000))) {
            var _ = upload.begin(TYPE, null);
            assertThatThrownBy(() -> text(upload.body("w")))
                    .hasCauseInstanceOf(BodyFaultException.class);
        }
        try (var upload = upload(file(300_000))) {
            assertThatThrownBy(() -> upload.begin(TYPE, null))
                    .isInstanceOf(BodyFaultException.class);
        }
    }

    @Test
    void whoFindsNoDiskIsToldToComeAgainAndGivesBackWhatItTook() {
        try (var upload = upload(file((int) DISK) + model("acme/x") + END)) {
            assertThatThrownBy(() -> upload.begin(TYPE, null)).isInstanceOf(ProblemException.class);
        }
        assertThat(space.taken()).isZero();
    }

    @Test
    void whatAnEarlierRunLeftIsDeleted() throws IOException {
        var left = directory.resolve("uploads").resolve("upload-1");
        Files.writeString(left, "left over");

        var _ = new SpoolSpace(directory.resolve("uploads"), DISK);

        assertThat(left).doesNotExist();
    }

    private Upload upload(String body) {
        var bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        come = 0;
        ByteSource source =
                (buffer, offset, length) -> {
                    int count = Math.min(Math.min(9_000, length), bytes.length - come);
                    System.arraycopy(bytes, come, buffer, offset, count);
                    come += count;
                    return count == 0 ? -1 : count;
                };
        return new Upload(source, bytes.length, space);
    }

    private static String model(String name) {
        return "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + name + "\r\n";
    }

    private static String file(int bytes) {
        return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
                + "x".repeat(bytes)
                + "\r\n";
    }

    private static String text(UpstreamBody body) throws UpstreamFaultException {
        var out = new ByteArrayOutputStream();
        write(body, out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static void write(UpstreamBody body, ByteArrayOutputStream out)
            throws UpstreamFaultException {
        var pieces = body.open();
        for (var piece = pieces.next(); piece != null; piece = pieces.next()) {
            out.write(piece.array(), piece.offset(), piece.length());
        }
    }
}
