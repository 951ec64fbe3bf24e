package dev.turnpike.bench.rig;

import dev.turnpike.launcher.Turnpike;
import dev.turnpike.testkit.net.FreePorts;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The edge in a process of its own, with everything on that it has. */
public final class Edge implements AutoCloseable {
    private static final Duration READY_PATIENCE = Duration.ofSeconds(120);
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    /** As the start script starts it. */
    static final List<String> OPTIONS =
            List.of(
                    "-XX:+UseG1GC",
                    "-XX:InitiatingHeapOccupancyPercent=70",
                    "-XX:-G1UseAdaptiveIHOP",
                    "-XX:MaxTenuringThreshold=2",
                    "-XX:Tier0BackedgeNotifyFreqLog=4",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Xms256m",
                    "-Xmx1g");

    private final Child child;
    private final int port;
    private final Duration startUp;

    private Edge(Child child, int port, Duration startUp) {
        this.child = child;
        this.port = port;
        this.startUp = startUp;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param script that starts it; without one it is started on this process's class path
     * @param directory where its output goes
     * @param data its data directory
     * @param recording where a flight recording of its whole life is to be written, if anywhere
     */
    static Edge start(
            Optional<Script> script,
            Path directory,
            Path data,
            String bootstrapServers,
            String masterKey,
            Optional<Path> recording) {
        var ports = FreePorts.of(2);
        int port = ports.getFirst();
        var arguments =
                List.of(
                        "edge",
                        "--set=kafka.bootstrap-servers=" + bootstrapServers,
                        "--set=data-directory=" + data,
                        "--set=outbound.allow-private=true",
                        "--set=edge.port=" + port,
                        "--set=admin.port=" + ports.get(1));
        var options = new ArrayList<String>();
        recording.ifPresent(file ->
                options.add(
                        "-XX:StartFlightRecording=settings=profile,dumponexit=true,"
                                + "jdk.CPUTimeSample#enabled=true,filename="
                                + file.toAbsolutePath()));
        var environment = new HashMap<>(Map.of("TURNPIKE_SECRETS_MASTER_KEY", masterKey));
        if (script.isPresent()) {
            environment.putAll(Script.with(options));
        } else {
            options.addAll(OPTIONS);
        }
        var command =
                script.map(one -> one.command(arguments))
                        .orElseGet(() -> Child.java(Turnpike.class, options, arguments));
        long began = System.nanoTime();
        var child = Child.start("edge", command, environment, directory, true);
        while (!ready(port)) {
            var waited = Duration.ofNanos(System.nanoTime() - began);
            if (!child.isAlive() || waited.compareTo(READY_PATIENCE) > 0) {
                child.close();
                throw new BenchException(
                        "the edge is not ready after " + waited + ": " + child.lastErrors());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return new Edge(child, port, Duration.ofNanos(System.nanoTime() - began));
    }

    private static boolean ready(int port) {
        try (var http = TestHttp.connect(port)) {
            return http.request("GET", "/health/ready", Map.of(), "").read().status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** From the start of the process until it said that it is ready. */
    public Duration startUp() {
        return startUp;
    }

    public long residentBytes() {
        return Usage.residentBytes(child.pids());
    }

    /** What its Java heap holds after it was collected, in bytes. */
    public long liveHeapBytes() {
        return LiveHeap.bytes(child.pid());
    }

    /** Processor time used since the start. */
    public Duration processorTime() {
        return Usage.processorTime(child.pids());
    }

    /** Of it what its compilers used. */
    public Duration compilerTime() {
        return Usage.compilerTime(child.pids());
    }

    @Override
    public void close() {
        child.close();
    }
}
