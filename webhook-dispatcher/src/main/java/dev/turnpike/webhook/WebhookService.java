package dev.turnpike.webhook;

import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.StreamsApp;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.lifecycle.InstanceId;
import dev.turnpike.runtime.lifecycle.Service;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.webhook.ledger.LedgerReader;
import dev.turnpike.webhook.send.HttpPost;
import dev.turnpike.webhook.send.SecretOpener;
import dev.turnpike.webhook.send.Sender;
import dev.turnpike.webhook.send.SlotPool;
import dev.turnpike.webhook.topology.Delivering;
import dev.turnpike.webhook.topology.Replaying;
import dev.turnpike.webhook.topology.WebhookTopology;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocketFactory;
import org.apache.kafka.streams.Topology;

/**
 * The webhook dispatcher: ledger in, signed deliveries out, attempts recorded, exactly once as far
 * as Kafka reaches and at least once towards receivers. Its topics must exist. Its directory may be
 * deleted at any time it does not run.
 *
 * <p>A 410 disables a webhook as it is at that moment: the dispatcher does not write control state,
 * so it records the attempt as {@code GONE} and sends nothing more to this version of the webhook;
 * the control plane disables it on the strength of that record. What is due waits until the
 * operator changes the webhook.
 */
public final class WebhookService implements Service {
    /** Name of the consumer group, and of the transactions and internal topics. */
    public static final String APPLICATION_ID = "turnpike-webhooks";

    /** Who gave up, in dead letters. */
    public static final String READER = "webhook-dispatcher";

    /** Groups kept decoded. */
    static final int GROUPS_DECODED_MAX = 10_000;

    private final ControlView view;
    private final StreamsApp app;
    private final LedgerReader ledger;
    private final ScheduledThreadPoolExecutor deadlines;

    /**
     * @param envelope opens the signing secrets
     * @param registry where meters are registered
     * @param names makes ids of deliveries, and the name of this instance when none is configured
     * @param random for jitter; thread-safe
     */
    public WebhookService(
            WebhookConfig config,
            KafkaClients clients,
            SchemaIds ids,
            Envelope envelope,
            MeterRegistry registry,
            InstantSource clock,
            IdSource names,
            RandomGenerator random) {
        var instance =
                config.instanceId()
                        .orElseGet(() -> InstanceId.keptIn(config.directory(), "webhook", names));
        var plan =
                new StreamsPlan(
                        APPLICATION_ID, instance, config.directory(), true, config.threads());
        view = new ControlView(ids, GROUPS_DECODED_MAX);
        view.rememberDeletedGroups();
        deadlines = deadlines();
        var slots = new SlotPool(config.attemptsMax());
        var sender = sender(config, envelope, clock);
        var delivering =
                new Delivering(
                        new ControlDirectory(view),
                        slots,
                        sender::send,
                        random,
                        config.receiverAttemptsMax(),
                        new WebhookMeters(registry, slots));
        ledger = new LedgerReader(clients, ids);
        var replaying =
                new Replaying(new ControlDirectory(view), ledger::start, config.customerField());
        var letters = new DeadLetters(READER, ids, clock);
        app =
                new StreamsApp(
                        plan,
                        plan.properties(clients, letters),
                        () -> topology(ids, config.batchWait(), names, delivering, replaying),
                        clock);
        app.whenRestoring(view.restoring());
    }

    private Topology topology(
            SchemaIds ids,
            Duration batchWait,
            IdSource names,
            Delivering delivering,
            Replaying replaying) {
        var topology = WebhookTopology.of(ids, batchWait, names, delivering, replaying);
        view.addTo(topology);
        return topology;
    }

    private Sender sender(WebhookConfig config, Envelope envelope, InstantSource clock) {
        var addresses =
                config.allowPrivate() ? AddressPolicy.allowPrivate() : AddressPolicy.publicOnly();
        var urls =
                config.allowPrivate()
                        ? OutboundUrl.Policy.HTTP_ALLOWED
                        : OutboundUrl.Policy.HTTPS_ONLY;
        var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        return new Sender(
                new HttpPost(addresses, tls, deadlines),
                new SecretOpener(envelope),
                urls,
                config.headerPrefix(),
                config.attemptTimeout(),
                clock);
    }

    /** One thread that closes connections whose time is over; it never blocks. */
    private static ScheduledThreadPoolExecutor deadlines() {
        var executor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("webhook-deadlines").daemon(true).factory());
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public void start(FailureSink onFailure) {
        app.start(onFailure);
    }

    /** Streams is running only when its tasks are assigned and their state is restored. */
    @Override
    public List<Check> ready() {
        return List.of(app.running());
    }

    /**
     * Waits until what the control log held at {@code position} counts for entries of the ledger.
     *
     * @return whether it does
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public boolean awaitControl(long position, Duration timeout) throws InterruptedException {
        return view.awaitPosition(position, timeout);
    }

    @Override
    public void close() {
        app.close();
        ledger.close();
        deadlines.shutdownNow();
    }
}
