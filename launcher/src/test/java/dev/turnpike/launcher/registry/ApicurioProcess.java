package dev.turnpike.launcher.registry;

import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An Apicurio registry on loopback with its state in memory, killed when closed. */
final class ApicurioProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
    private static final int KILL_SECONDS_MAX = 10;

    private final Process process;
    private final URI url;
    private final HttpClient http = HttpClient.newHttpClient();

    private ApicurioProcess(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param home the unpacked distribution
     * @param log receives its output
     */
    static ApicurioProcess start(Path home, Path log) throws IOException {
        var ports = FreePorts.of(2);
        var command =
                List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + ports.getFirst(),
                        // Without these it listens on every address.
                        "-Dquarkus.management.host=127.0.0.1",
                        "-Dquarkus.management.port=" + ports.getLast(),
                        "-jar",
                        home.resolve("quarkus-run.jar").toString());
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        var url = URI.create("http://127.0.0.1:" + ports.getFirst() + "/apis/ccompat/v7");
        var registry = new ApicurioProcess(process, url);
        boolean up = false;
        try {
            Eventually.await(START_PATIENCE, "the registry answers, see " + log, registry::answers);
            up = true;
        } finally {
            if (!up) {
                registry.close();
            }
        }
        return registry;
    }

    /** What {@code schema.registry.url} takes. */
    URI url() {
        return url;
    }

    /** Sends one request of Confluent's REST API. */
    HttpResponse<String> call(String method, String path, String body) throws IOException {
        var request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(ANSWER_TIMEOUT)
                        .header("content-type", "application/vnd.schemaregistry.v1+json")
                        .method(method, BodyPublishers.ofString(body))
                        .build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("the registry ended with " + process.exitValue());
        }
        try {
            return call("GET", "/subjects", "").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        process.destroyForcibly();
        try {
            process.waitFor(KILL_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
