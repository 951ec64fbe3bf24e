package dev.turnpike.launcher;

import static dev.turnpike.launcher.WebhookRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.LoopbackServer;
import dev.turnpike.testkit.http.Played;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.ScriptServer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fifty receivers, of which one first answers and then only drips: the others do not notice. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebhookFairnessIT {
    private static final int RECEIVERS = 49;
    private static final int EVENTS = 20;
    private static final int WARM = 6;

    /** Less than one attempt at the tarpit takes: whoever waited for it would be later. */
    private static final Duration PROMPT = Duration.ofSeconds(25);

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(30);
    private static final int WINDOW = 16;

    @TempDir Path directory;

    /** Accepts and drips one byte of an answer a second, never all of it. */
    private static final class Tarpit implements LoopbackServer.Connection {
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public void serve(Socket socket, BooleanSupplier stopping) throws IOException {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            try {
                var out = socket.getOutputStream();
                out.write("HTTP/1.1 200 OK\r\nx: ".getBytes(StandardCharsets.US_ASCII));
                while (!stopping.getAsBoolean()) {
                    socket.setSoTimeout(1_000);
                    drip(socket);
                }
            } finally {
                open.decrementAndGet();
            }
        }

        private static void drip(Socket socket) throws IOException {
            socket.getOutputStream().write('x');
            try {
                while (socket.getInputStream().read() >= 0) {
                    continue; // The request is of no interest.
                }
                throw new IOException("the sender has left");
            } catch (SocketTimeoutException e) {
                return; // A second has passed.
            }
        }
    }

    /** Notes when each receiver got each event, without keeping what it got. */
    private static final class Receivers implements ScriptServer.Director {
        private static final Pattern KEY = Pattern.compile("\"idempotencyKey\":\"([^\"]+)\"");
        private static final Script OK = Script.status(200);

        private final Map<String, Instant> arrived = new ConcurrentHashMap<>();

        @Override
        public Script direct(ReceivedRequest request) {
            var now = Instant.now();
            var keys = KEY.matcher(request.text());
            while (keys.find()) {
                arrived.putIfAbsent(request.target() + ' ' + keys.group(1), now);
            }
            return OK;
        }

        long count(String target, String prefix) {
            return arrived.keySet().stream()
                    .filter(key -> key.startsWith(target + ' ' + prefix))
                    .count();
        }
    }

    @Test
    void theOtherFortyNineReceiveEverythingPromptly() {
        var tarpit = new Tarpit();
        var receivers = new Receivers();
        var settings = Map.of("webhook.attempt-timeout", ATTEMPT_TIMEOUT.toSeconds() + "s");
        try (var rig = new WebhookRig(directory, settings);
                var stuck = LoopbackServer.start(0, tarpit);
                var sink = ScriptServer.start(0, receivers, new Unheard())) {
            rig.startDispatcher();
            var base = "http://127.0.0.1:" + sink.port() + "/";
            var bad = rig.webhook(base + "bad");
            for (int i = 0; i < RECEIVERS; i++) {
                rig.webhook(base + i);
            }
            // It proves itself first, so that it may have as many attempts as anybody.
            for (int i = 1; i <= WARM; i++) {
                int sent = i;
                rig.writeLedger("warm-" + i + "-", 0, 1, Instant.now());
                Eventually.await(PATIENCE, "warm", () -> receivers.count("/bad", "warm-") == sent);
            }
            var url = "http://127.0.0.1:" + stuck.port() + "/";
            rig.known(rig.client().patch(bad, "{\"url\":\"" + url + "\"}"));
            rig.writeLedger("bait-", 0, 1, Instant.now());
            Eventually.await(PATIENCE, "the tarpit has something", () -> tarpit.open.get() > 0);
            for (int i = 0; i < EVENTS; i += 5) {
                rig.writeLedger(i, i + 5);
            }
            var written = Instant.now();
            for (int i = 0; i < RECEIVERS; i++) {
                var target = "/" + i;
                Eventually.await(
                        PATIENCE,
                        "everything at receiver " + i,
                        () -> receivers.count(target, "evt-") == EVENTS);
            }
            var last =
                    receivers.arrived.entrySet().stream()
                            .filter(entry -> entry.getKey().contains(" evt-"))
                            .map(Map.Entry::getValue)
                            .max(Instant::compareTo)
                            .orElseThrow();
            assertThat(last).isBefore(written.plus(PROMPT));
            assertThat(tarpit.open.get()).as("the tarpit still holds on").isPositive();
            assertThat(tarpit.most.get()).isLessThanOrEqualTo(WINDOW);
        }
    }

    private static final class Unheard implements ScriptServer.Listener {
        @Override
        public int arrived(ReceivedRequest request, String script) {
            return 0;
        }

        @Override
        public void ended(int number, Played played) {
            // What was answered is known.
        }
    }
}
