package dev.turnpike.bench.jmh;

import dev.turnpike.edge.limit.AdmissionRequest;
import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.edge.limit.AppliedLimits;
import dev.turnpike.edge.limit.FastAdmission;
import dev.turnpike.edge.limit.RateLimitView;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.limit.Charge;
import java.time.InstantSource;
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

/** What it costs to take two limits of one group, and to replace what was taken by the truth. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AdmissionBenchmark {
    private final Group group = Samples.group();
    private final InstantSource clock = InstantSource.system();
    private final FastAdmission admission = new FastAdmission("edge/1", clock);

    /** One request from admission to settlement. */
    @Benchmark
    public List<Charge> admitAndSettle() {
        var request =
                new AdmissionRequest(
                        clock.instant(), AppliedLimits.of(group, Samples.SLUG), 553, 0);
        return switch (admission.admit(request)) {
            case Admitted(var reservation) -> admission.settle(reservation, 101, 0);
            case Refused _ -> throw new IllegalStateException("the limits are too low");
        };
    }

    /** What the reply's rate limit headers are made of. */
    @Benchmark
    public RateLimitView view() {
        return admission.view(AppliedLimits.of(group, Samples.SLUG), clock.instant());
    }
}
