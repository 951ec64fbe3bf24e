package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.WritableHeaders;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyLinesTest {
    private final ReplyLines lines = new ReplyLines();

    private String written() {
        var headers = WritableHeaders.create().set(lines);
        var buffer = BufferData.growing(8);
        headers.forEach(header -> header.writeHttp1Header(buffer));
        return buffer.readString(buffer.available(), StandardCharsets.US_ASCII);
    }

    @Test
    void linesThatComeAfterTheServerTookTheHeaderAreWrittenToo() {
        var headers = WritableHeaders.create().set(lines);
        lines.put("x-ratelimit-limit-requests", "60");
        lines.put("X-Turnpike-Overhead-Ms", "3");
        var buffer = BufferData.growing(8);
        headers.forEach(header -> header.writeHttp1Header(buffer));

        assertThat(buffer.readString(buffer.available(), StandardCharsets.US_ASCII))
                .isEqualTo("x-ratelimit-limit-requests: 60\r\nX-Turnpike-Overhead-Ms: 3\r\n");
    }

    @Test
    void aLineIsReplacedByALaterOneOfItsNameInAnyCase() {
        lines.put("X-Turnpike-Receipt", "one");
        lines.put("x-other", "");
        lines.put("x-turnpike-receipt", "two");

        assertThat(written()).isEqualTo("X-Turnpike-Receipt: two\r\nx-other: \r\n");
    }

    @Test
    void nothingIsWrittenOfAReplyWithoutLines() {
        assertThat(written()).isEmpty();
    }
}
