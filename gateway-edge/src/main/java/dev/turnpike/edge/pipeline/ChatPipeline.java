package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.estimate.TokenEstimator;
import dev.turnpike.edge.journal.JournalUnavailableException;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.BodyPatch;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.ChatRequestReader;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that happens to one chat completion, top to bottom, on the caller's virtual thread:
 * authenticate, read, resolve, admit, call, relay, settle. The types keep the order: no stage can
 * be given what an earlier one has not produced. Thread-safe.
 */
public final class ChatPipeline {
    private static final String OPERATION = "chat";

    private final Entry entry;
    private final TokenEstimator estimator;
    private final RequestMeters meters;
    private final Admit admit;
    private final CallTargets callTargets;
    private final RelayAnswer relay;
    private final InstantSource clock;
    private final String overheadHeader;

    /** The stages before a request has a price. */
    record Entry(Freshness freshness, Authenticate authenticate, Resolve resolve) {}

    ChatPipeline(
            Entry entry,
            Pipelines.Money money,
            Admit admit,
            CallTargets callTargets,
            RelayAnswer relay,
            InstantSource clock,
            String headerPrefix) {
        this.entry = entry;
        this.estimator = money.estimator();
        this.meters = money.meters();
        this.admit = admit;
        this.callTargets = callTargets;
        this.relay = relay;
        this.clock = clock;
        this.overheadHeader = headerPrefix + "-Overhead-Ms";
    }

    /**
     * Refuses a caller before anything of the body is read, so that nobody without a key fills the
     * memory. {@link #serve} asks again: a key may be revoked while its body arrives.
     *
     * @param head the request without its body
     * @throws ProblemException if the caller has no right key, or it cannot be told
     */
    public void recognise(InboundRequest head) {
        try {
            entry.freshness().require();
            entry.authenticate().apply(head);
        } catch (ProblemException e) {
            meters.problem(e.problem().code());
            throw e;
        }
    }

    /**
     * Serves one request. Whatever was taken is settled exactly once, on every path.
     *
     * @throws ProblemException if a stage refuses, or every target fails, before the first byte
     * @throws ClientGoneException if the client left; everything is settled
     */
    public void serve(InboundRequest inbound, ClientReply reply) throws ClientGoneException {
        try {
            entry.freshness().require();
            authenticated(inbound, reply);
        } catch (ProblemException e) {
            meters.problem(e.problem().code());
            throw e;
        } catch (JournalUnavailableException e) {
            meters.problem(ErrorCode.UNAVAILABLE);
            throw Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "Usage cannot be recorded right now, so nothing is served")
                    .asException(e);
        }
    }

    private void authenticated(InboundRequest inbound, ClientReply reply)
            throws ClientGoneException {
        var who = entry.authenticate().apply(inbound);
        var chat = read(inbound.body());
        var endpoint = entry.resolve().apply(chat.model(), who.key(), who.group());
        var call = call(inbound, who, chat, endpoint.orElse(null));
        if (endpoint.isEmpty()) {
            throw admit.refused(call, Resolve.notFound(chat.model()), null);
        }
        admitted(new Admitting(inbound, who.group(), chat, endpoint.get(), call), reply);
    }

    private record Admitting(
            InboundRequest inbound, Group group, ChatRequest chat, Endpoint endpoint, Call call) {}

    private void admitted(Admitting request, ClientReply reply) throws ClientGoneException {
        var chat = request.chat();
        long input = estimator.admissionInput(chat, request.group(), request.call().modelSlug());
        var size = new Admit.Size(input, chat.maxTokens().orElse(-1), chat.choices());
        var served = new ServedChat(request.inbound(), chat, input, estimator, clock);
        try (var open = admit(request, size, served, reply)) {
            long before = served.watch().nanos();
            var answer = callTargets.apply(request.endpoint(), open, body(request), served);
            served.waited(served.watch().nanos() - before);
            switch (answer) {
                case Answer.Failed(var problem, var outcome) -> {
                    open.settle(served.notAccepted(outcome, problem.code().httpStatus()));
                    throw problem.asException();
                }
                case Answer.Accepted accepted -> {
                    try (var upstream = accepted.call()) {
                        served.accepted(accepted);
                        reply.header(overheadHeader, Long.toString(served.overheadMillis()));
                        relay.apply(chat, open, served, upstream, reply);
                    }
                }
            }
        }
    }

    private OpenRequest admit(
            Admitting request, Admit.Size size, ServedChat served, ClientReply reply) {
        try {
            return admit.apply(request.call(), request.group(), size, served::forgotten);
        } finally {
            var slug = request.call().modelSlug();
            RateLimitHeaders.write(admit.view(request.group(), slug, clock.instant()), reply);
        }
    }

    private static Function<String, List<ByteSlice>> body(Admitting request) {
        return model ->
                new BodyPatch(model, true, request.endpoint().forwardMetadata())
                        .apply(request.chat());
    }

    private static ChatRequest read(byte[] body) {
        try {
            return ChatRequestReader.read(body);
        } catch (BodyFaultException e) {
            var problem = Problem.of(ErrorCode.INVALID_REQUEST, sentence(e));
            throw e.param().map(problem::withParam).orElse(problem).asException();
        }
    }

    private static String sentence(BodyFaultException fault) {
        var text = String.valueOf(fault.getMessage());
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static Call call(
            InboundRequest inbound,
            Authenticate.Authenticated who,
            ChatRequest chat,
            @Nullable Endpoint endpoint) {
        var group = who.group();
        var caller =
                new Caller(
                        group.id(),
                        group.rootGroupId(),
                        group.externalEntityId(),
                        who.key().prefix());
        return new Call(
                inbound.id(),
                inbound.receivedAt(),
                caller,
                chat.model(),
                endpoint == null ? null : endpoint.id(),
                OPERATION,
                chat.stream(),
                chat.metadata());
    }
}
