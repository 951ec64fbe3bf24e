package dev.turnpike.launcher.demo;

import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.launcher.settings.LogConfig;
import dev.turnpike.launcher.up.AllInOne;
import dev.turnpike.launcher.up.StartException;
import dev.turnpike.launcher.up.StopSignal;
import dev.turnpike.runtime.config.SettingsSource;
import dev.turnpike.runtime.key.ApiKeyText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Everything of {@code up} on a directory of the demo, and the story on top of it. Started and
 * closed by one thread.
 */
public final class Demo implements AutoCloseable {
    private static final String OWNER_KEY = "owner-key";
    private static final String BRAND = "tp";
    private static final String OWNER_KEY_FILE = "demo-owner.key";
    private static final String PRICES = "control.prices-file";
    private static final String PRICES_FILE = "demo-prices.yaml";
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

    /** Dollars for a million tokens, so that a short call costs something one can see. */
    private static final String PRICE_LIST =
            """
            prices:
              - slug: %s
                input: 2.50
                output: 10
            """
                    .formatted(Story.SLUG);

    private final AllInOne all;
    private final Receiver receiver;
    private final Narrator narrator;
    private final String ownerKey;
    private final Instant begun;

    private Demo(
            AllInOne all, Receiver receiver, Narrator narrator, String ownerKey, Instant begun) {
        this.all = all;
        this.receiver = receiver;
        this.narrator = narrator;
        this.ownerKey = ownerKey;
        this.begun = begun;
    }

    /**
     * Sets up logging, and returns what the demo sets where nothing else is said, and what it must
     * set: any free ports, a price for its model, an owner key it knows, and webhooks to loopback.
     *
     * @param directory given as data directory; it is made when absent
     * @throws StartException if the directory cannot be written, or was used before with an owner
     *     key that is not known
     */
    public static SettingsSource settings(SettingsSource source, Path directory) {
        var path = directory.toAbsolutePath().normalize();
        var own =
                Configuration.withDefaults(
                        source,
                        Map.of(
                                "edge.port", "0",
                                "control.port", "0",
                                "kafka.port", "0",
                                "log.level", "warn",
                                "log.format", "text",
                                "edge.drain-time", "2s",
                                "control.drain-time", "2s"));
        own =
                Configuration.with(
                        own,
                        Map.of(
                                "data-directory",
                                path.toString(),
                                "outbound.allow-private",
                                "true"));
        LogConfig.apply(own);
        try {
            makeDirectory(path);
            var prices = path.resolve(PRICES_FILE);
            Files.writeString(prices, PRICE_LIST);
            own = Configuration.withDefaults(own, Map.of(PRICES, prices.toString()));
            if (Configuration.read(own).control().ownerKey().isEmpty()) {
                own = Configuration.with(own, Map.of(OWNER_KEY, rememberedOwnerKey(path)));
            }
            return own;
        } catch (IOException e) {
            throw new StartException("data directory " + path + " cannot be used: " + e, e);
        }
    }

    private static void makeDirectory(Path path) throws IOException {
        if (Files.notExists(path)) {
            Files.createDirectories(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    private static String rememberedOwnerKey(Path directory) throws IOException {
        var file = directory.resolve(OWNER_KEY_FILE);
        if (Files.exists(file)) {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        }
        if (Files.exists(directory.resolve("master.key"))) {
            throw new StartException(
                    "%s was used before and its owner key is not known to the demo; give it by"
                                    .formatted(directory)
                            + " TURNPIKE_OWNER_KEY, or choose another --data-dir");
        }
        var key =
                ApiKeyText.generate(ApiKeyText.managementBrand(BRAND), new SecureRandom()).whole();
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = Files.newByteChannel(file, options, owner)) {
            var bytes = StandardCharsets.US_ASCII.encode(key + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        return key;
    }

    /**
     * Starts everything.
     *
     * @param source made by {@link #settings}
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public static Demo start(SettingsSource source, Narrator narrator, StopSignal stop)
            throws InterruptedException {
        var begun = Instant.now();
        var ownerKey = Configuration.read(source).control().ownerKey().orElseThrow().reveal();
        narrator.say("Starting Kafka, control plane, gateway, ledger and webhooks...");
        var all = AllInOne.start(source, stop);
        return new Demo(all, Receiver.start(), narrator, ownerKey, begun);
    }

    /**
     * Tells the story.
     *
     * @param staying whether to say at its end how to go on, and to
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public Facts play(boolean staying, StopSignal stop) throws InterruptedException {
        var sinceStart = Duration.between(begun, Instant.now());
        narrator.say("Ready after %.1f s.", sinceStart.toMillis() / 1000.0);
        var ending = Story.tell(all, ownerKey, receiver, narrator, sinceStart);
        if (staying && ending.guestKey().isPresent() && ending.hook().isPresent()) {
            narrator.block(YourTurn.text(all, ending.guestKey().get(), ownerKey));
            var check =
                    new SignatureCheck(
                            all.configuration().headerPrefix(), ending.hook().get().secret());
            watch(check, stop);
        }
        return ending.facts();
    }

    /** Shows what is billed, until the stop. */
    private void watch(SignatureCheck check, StopSignal stop) throws InterruptedException {
        while (!stop.await(LOOK_INTERVAL)) {
            var delivery = receiver.next(Duration.ZERO);
            if (delivery.isEmpty()) {
                continue;
            }
            check.verify(delivery.get(), Instant.now());
            for (var event : Events.of(delivery.get().body())) {
                narrator.say(
                        "billed: %s tokens in, %s out, %s USD (%s)",
                        event.path("tokens").path("inputTokens").asText(),
                        event.path("tokens").path("outputTokens").asText(),
                        event.path("costUsd").asText("?"),
                        event.path("outcome").asText());
            }
        }
    }

    @Override
    public void close() {
        receiver.close();
        all.close();
    }
}
