package dev.turnpike.bench.jmh;

import dev.turnpike.edge.wire.AnswerHead;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.BodyPatch;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ChatRequestReader;
import dev.turnpike.edge.wire.ChatStreamRelay;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What it costs to read a request body, to make the upstream's of it, and to relay a stream. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WireBenchmark {
    private static final int CHUNKS = 100;

    private final byte[] body =
            """
            {"model":"acme/fast","messages":[{"role":"system","content":"You are brief."},\
            {"role":"user","content":"%s"}],"max_tokens":64,"temperature":0.2,"stream":true}\
            """
                    .formatted("What is a turnpike, and who pays? ".repeat(10))
                    .getBytes(StandardCharsets.UTF_8);
    private final BodyPatch patch = new BodyPatch("up-1", true, false);
    private final byte[] stream = stream();
    private final ChatStreamRelay.StreamView view =
            new ChatStreamRelay.StreamView(
                    "acme/fast",
                    "up-1",
                    false,
                    new AnswerHead(AnswerHead.Kind.CHAT_CHUNK, "chatcmpl-1", 7));

    private static byte[] stream() {
        var head = "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,";
        var chunk =
                head
                        + "\"model\":\"up-1\",\"choices\":[{\"index\":0,\"delta\":"
                        + "{\"content\":\" word\"},\"finish_reason\":null}]}\n\n";
        var last =
                head
                        + "\"model\":\"up-1\",\"choices\":[{\"index\":0,\"delta\":{},"
                        + "\"finish_reason\":\"stop\"}]}\n\n";
        var usage =
                head
                        + "\"model\":\"up-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,"
                        + "\"completion_tokens\":100,\"total_tokens\":103}}\n\n";
        return (chunk.repeat(CHUNKS) + last + usage + "data: [DONE]\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A body of half a kilobyte, read and patched. */
    @Benchmark
    public List<ByteSlice> readAndPatchRequest() throws BodyFaultException {
        return patch.apply(ChatRequestReader.read(body));
    }

    /** A whole stream of 100 chunks. */
    @Benchmark
    public StreamEnd relayStreamOf100Chunks(Blackhole client) throws IOException {
        var relay = new ChatStreamRelay(view, OutputMeter.NONE, () -> RawUsage.ZERO, () -> 1);
        int sent = 0;
        boolean more = true;
        while (more && sent < stream.length) {
            int count = Math.min(relay.room(), stream.length - sent);
            System.arraycopy(stream, sent, relay.array(), relay.offset(), count);
            sent += count;
            more = relay.relay(count, (bytes, offset, length) -> client.consume(bytes));
        }
        return relay.conclude(true);
    }
}
