package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.estimate.TokenEstimator;
import dev.turnpike.edge.journal.MemoryJournal;
import dev.turnpike.edge.limit.AdmissionRequest;
import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AppliedLimits;
import dev.turnpike.edge.limit.Costs;
import dev.turnpike.edge.limit.FastAdmission;
import dev.turnpike.edge.limit.OutputHistory;
import dev.turnpike.edge.protocol.Asked;
import dev.turnpike.edge.protocol.Incoming;
import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.protocol.TargetTerms;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ModelRequest;
import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** One admitted request with everything that money needs, in memory. */
final class MoneyRig {
    static final String SLUG = "acme/chat";
    static final long PROMPT = 40;
    static final Target TARGET =
            new Target(
                    Provider.OPENAI,
                    null,
                    "gpt",
                    null,
                    null,
                    null,
                    0,
                    1,
                    Timeouts.DEFAULT,
                    Map.of());
    private static final long TOKENS_PER_DAY = 10_000;
    static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final GroupId GROUP = GroupId.ofUlid("01JD0000000000000000000001");
    private static final String BODY =
            "{\"model\":\"acme/chat\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    /** One for all: reading its vocabulary takes longer than most tests. */
    private static final TokenEstimator ESTIMATOR = new TokenEstimator();

    static final ResponseIds IDS = new ResponseIds(new byte[32]);

    final ManualClock clock = new ManualClock(NOON);

    /** Like {@link System#nanoTime}; stands still unless it is moved. */
    final AtomicLong nanos = new AtomicLong();

    final MemoryJournal journal = new MemoryJournal(clock);
    final Pipelines.Money money =
            new Pipelines.Money(
                    new FastAdmission(journal.journal().stream(), clock),
                    journal.journal(),
                    new Costs(() -> PriceBook.EMPTY),
                    new OutputHistory(),
                    ESTIMATOR,
                    new RequestMeters(new SimpleMeterRegistry()));
    final Asked asked = read(BODY);
    final ServedRequest served;

    MoneyRig() {
        this(FailureCharge.BY_STAGE);
    }

    MoneyRig(FailureCharge onFailure) {
        this(onFailure, read(BODY).request());
    }

    /** With what was asked on some other route. */
    MoneyRig(FailureCharge onFailure, ModelRequest request) {
        served = new ServedRequest(inbound(), request, PROMPT, money.estimator(), onFailure, clock);
    }

    /** Terms on which {@link #TARGET} is asked. */
    static TargetTerms terms() {
        var endpoint = EndpointId.ofUlid("01JD0000000000000000000003");
        return new TargetTerms("gpt", false, Set.of(), IDS.of(GROUP, endpoint, TARGET));
    }

    /** Admits the request. */
    OpenRequest open() {
        return open(false);
    }

    /** Admits the request, which may have asked for a stream. */
    OpenRequest open(boolean stream) {
        var asked = new AdmissionRequest(NOON, AppliedLimits.of(group(), SLUG), PROMPT + 100, 0);
        var admitted = (Admitted) money.admission().admit(asked);
        return new OpenRequest(
                call(stream),
                admitted.reservation(),
                new OpenRequest.Expected(PROMPT, 0),
                money,
                served::forgotten);
    }

    /** Tokens of the day that are used or set aside. */
    long tokensUsed() {
        var left =
                money.admission()
                        .view(AppliedLimits.of(group(), SLUG), NOON)
                        .tokens()
                        .orElseThrow()
                        .remaining();
        return TOKENS_PER_DAY - left;
    }

    /** How the request ended; fails unless it started once and ended once. */
    Settled settled() {
        var facts = journal.facts();
        if (facts.size() != 2 || !(facts.getFirst() instanceof RequestFact.Started)) {
            throw new AssertionError("not one start and one end: " + facts);
        }
        return (Settled) facts.getLast();
    }

    static Asked read(String body) {
        return read(OpenAiRoute.CHAT, body);
    }

    static Asked read(OpenAiRoute route, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        try {
            return new OpenAiProtocol(route)
                    .read(
                            new Incoming(
                                    new IncomingBody.Whole(bytes),
                                    name -> Optional.empty(),
                                    "",
                                    null));
        } catch (BodyFaultException e) {
            throw new IllegalStateException(e);
        }
    }

    InboundRequest inbound() {
        return new InboundRequest(
                id(),
                NOON,
                Stopwatch.start(nanos::get),
                InetAddress.getLoopbackAddress(),
                name -> Optional.empty(),
                "",
                null,
                new IncomingBody.Whole(BODY.getBytes(StandardCharsets.UTF_8)));
    }

    private static RequestId id() {
        return RequestId.ofUlid("01JD0000000000000000000002");
    }

    static Call call(boolean stream) {
        var caller = new Caller(GROUP, GROUP, "acme", new KeyPrefix("tp_abcdefghijkl"));
        return new Call(id(), NOON, caller, SLUG, null, "chat", stream, Map.of());
    }

    static Group group() {
        var limit =
                new EffectiveLimit(LimitType.TOKEN, LimitUnit.DAY, TOKENS_PER_DAY, GROUP, GROUP);
        return new Group(
                GROUP,
                "acme",
                null,
                List.of(new ModelAccess(SLUG, List.of(), List.of())),
                List.of(new EffectiveModel(SLUG, List.of(), List.of(limit))),
                LimitEnforcement.INDEPENDENT,
                null,
                GROUP,
                1,
                NOON,
                NOON,
                1);
    }
}
