package dev.turnpike.control.deliveries;

import dev.turnpike.control.domain.Command.DisableWebhook;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.log.ControlLog;
import dev.turnpike.control.log.Submission;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import dev.turnpike.runtime.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Disables the webhooks whose receivers answered 410, on the replica that owns the control log. It
 * compares what is with what should be, so nothing is missed when the owner changes or a change
 * fails; a webhook that was changed since is left to be tried again.
 */
public final class DisableGone implements AutoCloseable {
    /** Time between two looks. */
    static final Duration LOOK_INTERVAL = Duration.ofMillis(500);

    private static final String REASON = "The receiver answered 410";

    private final DeliveryLog deliveries;
    private final ControlLog log;
    private final CountDownLatch closed = new CountDownLatch(1);

    public DisableGone(DeliveryLog deliveries, ControlLog log) {
        this.deliveries = deliveries;
        this.log = log;
    }

    /** Starts looking, until closed. */
    public void start(FailureSink onFailure) {
        Threads.virtual("disable-gone-webhooks", onFailure, this::run);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (!closed.await(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                if (log.owning()) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        var image = log.snapshot().image();
        try {
            for (var gone : deliveries.gone()) {
                if (isSentTo(gone, image)) {
                    var command =
                            new DisableWebhook(gone.webhookId(), gone.webhookVersion(), REASON);
                    log.submit(Submission.ofSystem("webhook-dispatcher", _ -> command));
                }
            }
        } catch (ProblemException e) {
            return; // The copy is closing; whoever comes next looks again.
        }
    }

    private static boolean isSentTo(GoneReceiver gone, Image image) {
        return image.webhook(gone.webhookId().value())
                .filter(webhook -> webhook.enabled() && webhook.version() == gone.webhookVersion())
                .isPresent();
    }
}
