package dev.turnpike.bench;

import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./turnpike bench jmh}. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "What single steps of the edge's request path cost, by JMH.")
final class JmhCommand implements Callable<Integer> {
    private static final String HERE = "dev.turnpike.bench.jmh.";

    @Parameters(
            arity = "0..1",
            paramLabel = "PATTERN",
            description = "Only benchmarks whose name contains a match of this expression.")
    private String pattern = "";

    @Option(
            names = "--allocation",
            description = "Also tell how many bytes an operation allocates.")
    private boolean allocation;

    @Override
    public Integer call() throws RunnerException {
        var options = new OptionsBuilder().include(HERE + ".*" + pattern);
        if (allocation) {
            options.addProfiler("gc");
        }
        var unused = new Runner(options.build()).run();
        return 0;
    }
}
