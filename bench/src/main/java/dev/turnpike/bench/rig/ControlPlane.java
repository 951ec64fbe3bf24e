package dev.turnpike.bench.rig;

import dev.turnpike.launcher.Turnpike;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.testkit.net.FreePorts;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The control plane in a process of its own, the only one, so that it owns the log. */
public final class ControlPlane implements AutoCloseable {
    private static final Duration READY_PATIENCE = Duration.ofSeconds(180);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private static final int OK = 200;

    private final Child child;
    private final int port;
    private final String ownerKey;
    private final Duration startUp;

    private ControlPlane(Child child, int port, String ownerKey, Duration startUp) {
        this.child = child;
        this.port = port;
        this.ownerKey = ownerKey;
        this.startUp = startUp;
    }

    /** Starts it and waits until it is ready. */
    static ControlPlane start(Path directory, String bootstrapServers, String masterKey) {
        int port = FreePorts.of(1).getFirst();
        var ownerKey = ApiKeyText.generate("tpm", new SecureRandom()).whole();
        var command =
                Child.java(
                        Turnpike.class,
                        Edge.OPTIONS,
                        List.of(
                                "control-plane",
                                "--set=kafka.bootstrap-servers=" + bootstrapServers,
                                "--set=data-directory=" + directory.resolve("control-data"),
                                "--set=control.port=" + port,
                                "--set=control.requests-per-second=1000000"));
        var secrets =
                Map.of("TURNPIKE_SECRETS_MASTER_KEY", masterKey, "TURNPIKE_OWNER_KEY", ownerKey);
        long began = System.nanoTime();
        var child = Child.start("control-plane", command, secrets, directory, true);
        while (!ready(port)) {
            var waited = Duration.ofNanos(System.nanoTime() - began);
            if (!child.isAlive() || waited.compareTo(READY_PATIENCE) > 0) {
                child.close();
                throw new BenchException(
                        "the control plane is not ready after "
                                + waited
                                + ": "
                                + child.lastErrors());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return new ControlPlane(child, port, ownerKey, Duration.ofNanos(System.nanoTime() - began));
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

    /** A management key that may do everything. */
    public String ownerKey() {
        return ownerKey;
    }

    /**
     * Revokes a key; returns when the change is committed.
     *
     * @throws BenchException if it is not
     */
    public void revoke(Population.Spare key) {
        var path = "/v1/gateway/groups/" + key.group() + "/api_keys/" + key.key().prefix();
        try (var http = TestHttp.connect(port)) {
            var headers = Map.of("authorization", "Bearer " + ownerKey);
            var reply = http.request("DELETE", path, headers, "").read();
            if (reply.status() != OK) {
                throw new BenchException("a key was not revoked: " + reply.body());
            }
        } catch (IOException e) {
            throw new BenchException("the control plane does not answer: " + e.getMessage(), e);
        }
    }

    /** From the start of the process until it said that it is ready. */
    public Duration startUp() {
        return startUp;
    }

    /** What its Java heap holds after it was collected, in bytes. */
    public long liveHeapBytes() {
        return LiveHeap.bytes(child.pid());
    }

    @Override
    public void close() {
        child.close();
    }
}
