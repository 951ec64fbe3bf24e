package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.demo.DemoModel;
import dev.turnpike.edge.estimate.TokenEstimator;
import dev.turnpike.edge.host.HostView;
import dev.turnpike.edge.journal.Journal;
import dev.turnpike.edge.limit.Admission;
import dev.turnpike.edge.limit.Costs;
import dev.turnpike.edge.limit.OutputHistory;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.secret.Envelope;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** The pipelines of the edge, put together from what they share. */
public record Pipelines(
        InferencePipeline inference,
        CountTokensPipeline counting,
        ModelsPipeline models,
        StoredPipeline stored) {
    /** Who may call what, and under which host. */
    public record Access(
            ControlView control, KeyHasher hasher, HostView hosts, Freshness freshness) {}

    /**
     * What it costs.
     *
     * @param costs prices what COST limits count
     * @param estimator counts where no provider has counted
     */
    public record Money(
            Admission admission,
            Journal journal,
            Costs costs,
            OutputHistory history,
            TokenEstimator estimator,
            RequestMeters meters) {}

    /**
     * Who answers.
     *
     * @param responseKey signs the identities of what targets store; 32 bytes
     * @param answerBytesMax longest answer that is no stream
     */
    public record Upstreams(
            UpstreamClient client,
            OutboundUrl.Policy urls,
            Envelope envelope,
            byte[] responseKey,
            long answerBytesMax,
            DemoModel demo) {}

    /**
     * Time, chance and identities, which nobody takes for himself.
     *
     * @param nanoTime like {@link System#nanoTime}
     */
    public record Sources(
            InstantSource clock, LongSupplier nanoTime, RandomGenerator random, IdSource ids) {}

    /**
     * @param headerPrefix of reply headers that are not standard
     */
    public static Pipelines of(
            Access access, Money money, Upstreams upstreams, Sources sources, String headerPrefix) {
        var control = access.control();
        var authenticate = new Authenticate(control, access.hasher(), access.hosts());
        var resolve = new Resolve(control);
        var client =
                new TargetClient(
                        upstreams.client(),
                        new UpstreamAddress(upstreams.urls()),
                        new Credentials(control, upstreams.envelope()),
                        new ServiceTokens(upstreams.client(), upstreams.urls(), sources.clock()),
                        upstreams.demo());
        var ids = new ResponseIds(upstreams.responseKey());
        var callTargets =
                new CallTargets(
                        client, new TargetHealth(sources.nanoTime()), ids, sources.random());
        var entry =
                new InferencePipeline.Entry(
                        access.freshness(),
                        authenticate,
                        resolve,
                        new Repeats(sources.nanoTime(), headerPrefix));
        var inference =
                new InferencePipeline(
                        entry,
                        money,
                        new Admit(money, sources.ids()),
                        callTargets,
                        new RelayAnswer(
                                headerPrefix,
                                new LargeAnswers(
                                        upstreams.answerBytesMax(),
                                        LargeAnswers.PATIENCE,
                                        sources.nanoTime())),
                        new Drains(sources.nanoTime()),
                        sources.clock(),
                        headerPrefix);
        var stored = new StoredPipeline(access.freshness(), authenticate, resolve, ids, client);
        var counting = new CountTokensPipeline(entry, client, money, ids, sources.random());
        var models = new ModelsPipeline(authenticate, resolve);
        return new Pipelines(inference, counting, models, stored);
    }
}
