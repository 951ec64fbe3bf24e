package dev.turnpike.bench.rig;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.testkit.upstream.ScriptedUpstreamMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All processes of a run. The broker, both upstreams and the load generator are the same for nginx
 * and the edge. One thread; closing ends every process and removes the directory.
 */
public final class Rig implements AutoCloseable {
    private static final List<String> BROKER_OPTIONS = List.of("-XX:+UseSerialGC", "-Xmx512m");
    private static final List<String> UPSTREAM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xmx256m");

    private final List<Runnable> closings = new ArrayList<>();
    private final Path directory;
    private final Optional<Path> recording;
    private final MasterKey masterKey;
    private final String masterKeyText;
    private final ApiKeyText key;
    private final KafkaClients kafka;
    private final ControlLog control;
    private final LoadGenerator load;
    private final Optional<Nginx> nginx;
    private final int upstreamPort;
    private final Optional<Script> script;

    /**
     * Starts everything but the edge.
     *
     * @param chunks of each slow stream
     * @param recording of the edge, if wanted
     * @throws MissingProgramException if nginx is not installed
     */
    public static Rig start(int chunks, Optional<Path> recording) {
        return start(Optional.of(Nginx.find()), chunks, recording);
    }

    /** Starts everything but the edge and nginx. */
    public static Rig startWithoutNginx(Optional<Path> recording) {
        return start(Optional.empty(), 1, recording);
    }

    private static Rig start(Optional<Path> program, int chunks, Optional<Path> recording) {
        try {
            return new Rig(program, Files.createTempDirectory("turnpike-bench"), chunks, recording);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Rig(Optional<Path> program, Path directory, int chunks, Optional<Path> recording) {
        this.directory = directory;
        this.recording = recording;
        var random = new SecureRandom();
        var secret = new byte[MasterKey.BYTES];
        random.nextBytes(secret);
        masterKey = MasterKey.of(secret);
        masterKeyText = Base64.getEncoder().encodeToString(secret);
        key = ApiKeyText.generate("tp", random);
        script = Script.prepared();
        boolean started = false;
        try {
            var broker =
                    closing(
                            child(
                                    "broker",
                                    Child.java(
                                            BrokerMain.class,
                                            BROKER_OPTIONS,
                                            List.of(directory.resolve("kafka").toString()))));
            var whole = closing(upstream("upstream", ScriptedUpstreamMain.class, "--echo"));
            var streams =
                    closing(
                            upstream(
                                    "stream-upstream",
                                    StampedUpstreamMain.class,
                                    Integer.toString(chunks)));
            load = LoadGenerator.start(directory);
            closings.add(load::close);
            upstreamPort = port(whole);
            int streamPort = port(streams);
            nginx = program.map(file -> Nginx.start(file, directory, upstreamPort, streamPort));
            nginx.ifPresent(server -> closings.add(server::close));
            kafka = new KafkaClients(KafkaSettings.plain(broker.awaitLine(BrokerMain.READY)));
            control = new ControlLog(kafka);
            closings.add(control::close);
            control.write(Publication.group());
            control.write(Publication.endpoint(1, Publication.WHOLE, upstreamPort));
            control.write(Publication.endpoint(2, Publication.STREAM, streamPort));
            control.write(Publication.key(key, masterKey));
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private Child child(String name, List<String> command) {
        return Child.start(name, command, Map.of(), directory, false);
    }

    private Child upstream(String name, Class<?> main, String argument) {
        return child(name, Child.java(main, UPSTREAM_OPTIONS, List.of(argument)));
    }

    private static int port(Child upstream) {
        return Integer.parseInt(upstream.awaitLine(ScriptedUpstreamMain.LISTENING).strip());
    }

    /**
     * Starts the edge on its directory and waits until it is ready. The caller closes it before he
     * starts another.
     *
     * @param recorded whether this is the one to record
     */
    public Edge startEdge(boolean recorded) {
        return startEdge("edge-data", recorded);
    }

    /**
     * As above, on a directory of its own.
     *
     * @param data name of the directory within the rig's
     */
    public Edge startEdge(String data, boolean recorded) {
        return Edge.start(
                script,
                directory,
                directory.resolve(data),
                kafka.settings().bootstrapServers(),
                masterKeyText,
                recorded ? recording : Optional.empty());
    }

    /** Starts all services in one process, with {@link Publication#WHOLE} published. */
    public Installation startInstallation() {
        var house = Installation.start(directory);
        boolean published = false;
        try {
            house.publish(upstreamPort);
            published = true;
            return house;
        } finally {
            if (!published) {
                house.close();
            }
        }
    }

    /** Starts a control plane on the rig's broker and waits until it decides changes. */
    public ControlPlane startControlPlane() {
        return ControlPlane.start(directory, kafka.settings().bootstrapServers(), masterKeyText);
    }

    /**
     * Publishes keys and groups beside what there is.
     *
     * @return what was written
     */
    public Population populate(int keys, int groups) {
        return Population.write(control, masterKey, directory, keys, groups);
    }

    /** How the edge is started, for the report. */
    public String edgeStarts() {
        return script.map(one -> "start script, " + (one.cached() ? "with" : "without") + " cache")
                .orElse("class path of the bench, without cache");
    }

    /** Only of a rig that was started with it. */
    public Nginx nginx() {
        return nginx.orElseThrow();
    }

    public LoadGenerator load() {
        return load;
    }

    public ControlLog control() {
        return control;
    }

    public KafkaClients kafka() {
        return kafka;
    }

    public MasterKey masterKey() {
        return masterKey;
    }

    /** The key that all load is sent with. */
    public String key() {
        return key.whole();
    }

    /** Port of the upstream that answers whole. */
    public int upstreamPort() {
        return upstreamPort;
    }

    @Override
    public void close() {
        closings.reversed().forEach(Runnable::run);
        closings.clear();
        removeDirectory();
    }

    private void removeDirectory() {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("bench: " + directory + " is left behind: " + e.getMessage());
        }
    }

    private Child closing(Child child) {
        closings.add(child::close);
        return child;
    }
}
