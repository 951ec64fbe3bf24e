package dev.turnpike.testkit.upstream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/**
 * The scripted upstream as a process of its own, so that its count survives the kill of any other:
 * {@code --port P [--ledger FILE] [--echo]}. Prints {@value #LISTENING} and its port once it
 * accepts connections, and runs until it is killed. The ledger file gets each line when its request
 * ends; with {@code --echo} every answer is the same and nothing is kept.
 */
public final class ScriptedUpstreamMain {
    /** Start of the line printed when the upstream is ready. */
    public static final String LISTENING = "listening on ";

    private ScriptedUpstreamMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int port = Integer.parseInt(option(args, "--port", "0"));
        if (Arrays.asList(args).contains("--echo")) {
            try (var upstream = EchoUpstream.start(port)) {
                serveForEver(upstream.port());
            }
        }
        var file = option(args, "--ledger", "");
        try (var lines = file.isEmpty() ? OutputStream.nullOutputStream() : append(file);
                var upstream = ScriptedUpstream.start(port, lines)) {
            serveForEver(upstream.port());
        }
    }

    private static void serveForEver(int port) throws InterruptedException {
        System.out.println(LISTENING + port);
        new CountDownLatch(1).await();
    }

    private static OutputStream append(String file) throws IOException {
        return Files.newOutputStream(
                Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String option(String[] args, String name, String otherwise) {
        int at = Arrays.asList(args).indexOf(name);
        return at < 0 || at + 1 >= args.length ? otherwise : args[at + 1];
    }
}
