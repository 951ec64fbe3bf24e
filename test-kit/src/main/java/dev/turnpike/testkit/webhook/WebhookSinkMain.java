package dev.turnpike.testkit.webhook;

import dev.turnpike.testkit.http.Script;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/**
 * The webhook sink as a process of its own, so that what it received survives the kill of any
 * other: {@code PORT FILE}. Every delivery is accepted, and its events are appended to the file,
 * one JSON object a line, before the answer is sent. Prints {@value #LISTENING} and its port when
 * ready.
 */
public final class WebhookSinkMain {
    /** Start of the line printed when the sink is ready. */
    public static final String LISTENING = "listening on ";

    private WebhookSinkMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        var file = Path.of(args[1]);
        try (var lines =
                        Files.newOutputStream(
                                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                var sink = WebhookSink.start(Integer.parseInt(args[0]))) {
            sink.answer(request -> {
                append(
                        lines,
                        Delivery.eventsOf(request).stream()
                                .map(event -> event + "\n")
                                .reduce("", String::concat));
                return Script.status(200);
            });
            System.out.println(LISTENING + sink.port());
            new CountDownLatch(1).await();
        }
    }

    private static synchronized void append(OutputStream lines, String text) {
        try {
            lines.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("event file", e);
        }
    }
}
