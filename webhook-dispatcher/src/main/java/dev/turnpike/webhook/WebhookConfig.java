package dev.turnpike.webhook;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.Branding;
import dev.turnpike.schemas.webhook.CustomerField;
import dev.turnpike.webhook.domain.Batching;
import dev.turnpike.webhook.send.Sender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the dispatcher runs.
 *
 * @param directory its own state; all of it can be restored from topics
 * @param instanceId stable name of this instance; empty keeps a drawn one in the directory
 * @param threads stream threads of this instance
 * @param batchWait how long the first event of a batch waits for others
 * @param attemptTimeout longest time one attempt may take
 * @param receiverAttemptsMax attempts at one receiver at a time
 * @param attemptsMax attempts at a time in this process
 * @param allowPrivate whether receivers may be on private addresses and plain http
 * @param headerPrefix of the compatible headers, such as {@code X-Turnpike}
 * @param customerField how events name the customer
 */
public record WebhookConfig(
        Path directory,
        Optional<String> instanceId,
        int threads,
        Duration batchWait,
        Duration attemptTimeout,
        int receiverAttemptsMax,
        int attemptsMax,
        boolean allowPrivate,
        String headerPrefix,
        CustomerField customerField) {
    /** Threads one instance may have: one for each partition. */
    public static final int THREADS_MAX = 12;

    private static final Duration BATCH_WAIT = Duration.ofMillis(200);
    private static final int RECEIVER_ATTEMPTS = 16;
    private static final int ATTEMPTS = 256;
    private static final int ATTEMPTS_LIMIT = 4_096;
    private static final String INSTANCE_ID = "webhook.instance-id";
    private static final String INSTANCE_ID_SHAPE = "[A-Za-z0-9._-]{1,100}";

    /** Reads the settings; mistakes are reported by {@link Settings#finish}. */
    public static WebhookConfig read(Settings settings) {
        var data =
                settings.path(
                        "data-directory",
                        Path.of("data"),
                        "Directory in which every service keeps its state.");
        return new WebhookConfig(
                data.resolve("webhook"),
                instanceId(settings),
                settings.integer("webhook.threads", 1, THREADS_MAX, 1, "Threads of the outbox."),
                settings.duration(
                        "webhook.batch-wait",
                        Duration.ZERO,
                        Batching.WAIT_MAX,
                        BATCH_WAIT,
                        "How long the first event of a delivery waits for others."),
                settings.duration(
                        "webhook.attempt-timeout",
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30),
                        Sender.ATTEMPT_TIMEOUT,
                        "Longest time one attempt may take, from the look-up of the host on."),
                settings.integer(
                        "webhook.receiver-attempts-max",
                        1,
                        ATTEMPTS,
                        RECEIVER_ATTEMPTS,
                        "Attempts at one receiver at a time, once it has proved itself."),
                settings.integer(
                        "webhook.attempts-max",
                        2,
                        ATTEMPTS_LIMIT,
                        ATTEMPTS,
                        "Attempts at a time in this process."),
                settings.bool(
                        "outbound.allow-private",
                        false,
                        "Allow upstreams and webhooks on private addresses, over plain http."),
                Branding.headerPrefix(settings),
                Branding.customerField(settings));
    }

    private static Optional<String> instanceId(Settings settings) {
        var id =
                settings.optionalText(
                        INSTANCE_ID,
                        "Stable name of this dispatcher; drawn and kept in its directory by"
                                + " default.");
        if (id.isPresent() && !id.get().matches(INSTANCE_ID_SHAPE)) {
            settings.mistake(INSTANCE_ID, "must be 1 to 100 letters, digits, dots, dashes");
        }
        return id;
    }
}
