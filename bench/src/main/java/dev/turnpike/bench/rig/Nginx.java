package dev.turnpike.bench.rig;

import dev.turnpike.testkit.net.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * nginx as a plain proxy: one port in front of the upstream of whole answers, one in front of the
 * upstream of streams. Nothing is logged, connections are kept on both sides.
 */
public final class Nginx implements AutoCloseable {
    private static final List<String> PLACES =
            List.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin");

    private static final Duration START_PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private final Child child;
    private final int port;
    private final int streamPort;

    private Nginx(Child child, int port, int streamPort) {
        this.child = child;
        this.port = port;
        this.streamPort = streamPort;
    }

    /**
     * Where nginx is.
     *
     * @throws MissingProgramException if it is not installed
     */
    public static Path find() {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(":")), PLACES.stream())
                .filter(place -> !place.isEmpty())
                .map(place -> Path.of(place, "nginx"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() ->
                        new MissingProgramException(
                                """
                                nginx is not installed; every figure is given beside nginx's. Install it:
                                  Debian, Ubuntu   apt-get install nginx-light
                                  Fedora           dnf install nginx-core
                                  macOS            brew install nginx
                                The bench starts its own with its own configuration; nothing else is needed.\
                                """));
    }

    static Nginx start(Path program, Path directory, int upstream, int streamUpstream) {
        var ports = FreePorts.of(2);
        var home = directory.resolve("nginx");
        try {
            Files.createDirectories(home);
            Files.writeString(
                    home.resolve("nginx.conf"),
                    configuration(ports.get(0), upstream, ports.get(1), streamUpstream));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var command =
                List.of(
                        program.toString(),
                        "-p",
                        home.toString(),
                        "-e",
                        "stderr",
                        "-c",
                        home.resolve("nginx.conf").toString());
        var child = Child.start("nginx", command, Map.of(), directory, true);
        awaitListening(child, ports.get(1));
        return new Nginx(child, ports.get(0), ports.get(1));
    }

    private static void awaitListening(Child child, int port) {
        long began = System.nanoTime();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException notYet) {
                if (!child.isAlive() || System.nanoTime() - began > START_PATIENCE.toNanos()) {
                    child.close();
                    throw new BenchException("nginx does not listen: " + child.lastErrors());
                }
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
        }
    }

    private static String configuration(int port, int upstream, int streamPort, int streams) {
        boolean root = "root".equals(System.getProperty("user.name"));
        return """
        %sdaemon off;
        worker_processes auto;
        worker_rlimit_nofile 8192;
        error_log stderr error;
        pid nginx.pid;
        events {
            worker_connections 4096;
        }
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            client_body_buffer_size 32k;
            keepalive_requests 1000000000;
            keepalive_timeout 300s;
            tcp_nodelay on;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            upstream whole {
                server 127.0.0.1:%d;
                keepalive 256;
                keepalive_requests 1000000000;
            }
            upstream streams {
                server 127.0.0.1:%d;
                keepalive 1024;
                keepalive_requests 1000000000;
            }
            server {
                listen 127.0.0.1:%d backlog=2048;
                location / {
                    proxy_pass http://whole;
                }
            }
            server {
                listen 127.0.0.1:%d backlog=2048;
                location / {
                    proxy_buffering off;
                    proxy_pass http://streams;
                }
            }
        }
        """
                .formatted(root ? "user root;\n" : "", upstream, streams, port, streamPort);
    }

    /** Version text such as {@code nginx/1.22.1}. */
    public static String version(Path program) {
        try {
            var process =
                    new ProcessBuilder(program.toString(), "-v").redirectErrorStream(true).start();
            try (var reader = process.inputReader()) {
                var line = reader.lines().findFirst().orElse("nginx");
                return line.substring(line.lastIndexOf(' ') + 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public int streamPort() {
        return streamPort;
    }

    public long residentBytes() {
        return Usage.residentBytes(child.pids());
    }

    /** Processor time used since the start. */
    public Duration processorTime() {
        return Usage.processorTime(child.pids());
    }

    @Override
    public void close() {
        child.close();
    }
}
