package dev.turnpike.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The one request of a job, ready to write. */
final class RequestBytes {
    private static final String PROMPT = "Say in a few words what a turnpike is and who pays. ";

    private RequestBytes() {}

    static ByteBuffer of(LoadJob job) {
        var body =
                """
                {"model":"%s","messages":[{"role":"system","content":"You are brief."},\
                {"role":"user","content":"%s"}],"max_tokens":64,"temperature":0.2%s}\
                """
                        .formatted(job.model(), PROMPT, job.streams() ? ",\"stream\":true" : "");
        var head =
                """
                POST /v1/chat/completions HTTP/1.1\r
                host: 127.0.0.1:%d\r
                authorization: Bearer %s\r
                content-type: application/json\r
                accept: %s\r
                content-length: %d\r
                \r
                """
                        .formatted(
                                job.port(),
                                job.key(),
                                job.streams() ? "text/event-stream" : "application/json",
                                body.length());
        var bytes = (head + body).getBytes(StandardCharsets.US_ASCII);
        var buffer = ByteBuffer.allocateDirect(bytes.length);
        return buffer.put(bytes).flip();
    }
}
