package dev.turnpike.bench.jmh;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.usage.RequestRecord;
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

/** What it costs to turn a record of the requests topic into bytes and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private final RecordCodec<RequestRecord> codec =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
    private final RequestRecord settled =
            new RequestRecord("edge/1", 7, Samples.settled("01JD0000000000000000000002"));
    private final byte[] encoded = codec.encode(settled);

    /** A settled request, into bytes. */
    @Benchmark
    public byte[] encodeSettled() {
        return codec.encode(settled);
    }

    /** The same, back. */
    @Benchmark
    public RequestRecord decodeSettled() {
        return codec.decode(encoded);
    }
}
