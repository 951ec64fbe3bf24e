package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.AnswerHead;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ChatJsonReply;
import dev.turnpike.edge.wire.EventRelay;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.ReplyView;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.UpstreamErrorReader;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.Target;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reads, cancels and deletes responses that a target stores, as a whole or as the stream that they
 * were. Each is found by its own identity at the target that made it, and by nobody but the group
 * it was made for. Nothing is charged: the response was charged when it was made. Thread-safe.
 */
public final class StoredPipeline {
    private static final Problem UNUSABLE =
            Problem.of(ErrorCode.UPSTREAM_ERROR, "The model could not answer");
    private static final List<Header> WHOLE = List.of(new Header("accept", "application/json"));
    private static final List<Header> STREAM = List.of(new Header("accept", "text/event-stream"));

    private final Freshness freshness;
    private final Authenticate authenticate;
    private final Resolve resolve;
    private final ResponseIds ids;
    private final TargetClient client;

    StoredPipeline(
            Freshness freshness,
            Authenticate authenticate,
            Resolve resolve,
            ResponseIds ids,
            TargetClient client) {
        this.freshness = freshness;
        this.authenticate = authenticate;
        this.resolve = resolve;
        this.ids = ids;
        this.client = client;
    }

    /** What is done with a stored response. */
    public enum Action {
        READ("GET", ""),
        READ_INPUT("GET", "/input_items"),
        CANCEL("POST", "/cancel"),
        DELETE("DELETE", "");

        private final String method;
        private final String suffix;

        Action(String method, String suffix) {
            this.method = method;
            this.suffix = suffix;
        }

        /** What stands behind the identity in the URL. */
        public String suffix() {
            return suffix;
        }
    }

    private record Found(Endpoint endpoint, Target target, String id) {
        String targetModel() {
            var model = target.targetModel();
            return model == null ? "" : model;
        }
    }

    /**
     * @param shown the response's identity as the client knows it
     * @throws ProblemException {@code NOT_FOUND} for whatever the caller may not see
     * @throws ClientGoneException if the client left
     */
    public void serve(Action action, String shown, InboundRequest inbound, ClientReply reply)
            throws ClientGoneException {
        freshness.require(inbound.receivedAt());
        var who = authenticate.apply(inbound);
        var found = find(who, shown);
        try (var call = open(action, found, inbound, reply)) {
            boolean events = call.headers().startsWith("content-type", "text/event-stream");
            if (events && call.status() / 100 == 2 && action == Action.READ) {
                RelayStream.again(call, events(found, shown, who, inbound), inbound.watch(), reply);
                return;
            }
            var body = RelayAnswer.read(call, new Audience(reply, Drain.NEVER, inbound.watch()));
            if (call.status() / 100 != 2) {
                throw refused(call, body, found, shown);
            }
            var view =
                    new ReplyView(
                            found.endpoint().slug().value(),
                            found.targetModel(),
                            AnswerHead.NONE,
                            false,
                            ids(found, shown, who),
                            generic(found));
            var answer = ChatJsonReply.read(body, 0, body.length, view, OutputMeter.NONE);
            if (answer.failed() && answer.finishReason().isEmpty()) {
                throw UNUSABLE.asException(); // An error, and not of a response that failed.
            }
            reply.send(call.status(), "application/json", ByteSlice.join(answer.body()));
        } catch (JsonFaultException | InvalidUrlException e) {
            throw UNUSABLE.asException();
        } catch (UpstreamFaultException e) {
            Presence.require(reply);
            throw UpstreamProblems.ofFault(e.fault()).problem().asException();
        }
    }

    /** A response as it was streamed, from the beginning or from where the client left off. */
    private StreamRelay events(
            Found found, String shown, Authenticate.Authenticated who, InboundRequest inbound) {
        var end = shown.substring(ResponseIds.PREFIX.length());
        var head =
                new AnswerHead(
                        AnswerHead.Kind.RESPONSE, end, inbound.receivedAt().getEpochSecond());
        var view =
                new EventRelay.EventView(
                        found.endpoint().slug().value(),
                        found.targetModel(),
                        head,
                        ids(found, shown, who),
                        generic(found));
        return new EventRelay(view, OutputMeter.NONE, () -> RawUsage.ZERO, inbound.watch()::nanos);
    }

    /** The client's own spelling of what it named; everything else as it is shown to its group. */
    private UnaryOperator<String> ids(Found found, String shown, Authenticate.Authenticated who) {
        var mine = ids.of(who.group().id(), found.endpoint().id(), found.target());
        return id -> id.equals(found.id()) ? shown : mine.shown(id);
    }

    private Found find(Authenticate.Authenticated who, String shown) {
        var stored = ids.stored(who.group().id(), shown).orElseThrow(() -> notFound(shown));
        for (var endpoint : resolve.all(who)) {
            if (!endpoint.id().equals(stored.endpoint())) {
                continue;
            }
            for (var target : endpoint.targets()) {
                if (ResponseIds.of(target).equals(stored.target())
                        && Residency.allows(endpoint, target)) {
                    return new Found(endpoint, target, stored.id());
                }
            }
        }
        throw notFound(shown);
    }

    private static boolean asksForStream(String query) {
        for (var parameter : query.split("&", -1)) {
            if (parameter.equalsIgnoreCase("stream=true") || parameter.equals("stream=1")) {
                return true;
            }
        }
        return false;
    }

    private UpstreamCall open(Action action, Found found, InboundRequest inbound, ClientReply reply)
            throws UpstreamFaultException, InvalidUrlException {
        var deadlines = TargetClient.deadlines(found.target(), CallTargets.OVERALL_NANOS);
        var query = inbound.query().isEmpty() ? "" : "?" + inbound.query();
        var message =
                new TargetClient.Message(
                        inbound.id(),
                        action.method,
                        "/responses/" + found.id() + action.suffix + query,
                        action == Action.READ && asksForStream(inbound.query()) ? STREAM : WHOLE,
                        UpstreamBody.NONE);
        return client.prepare(found.target(), message, deadlines).send(deadlines, reply::present);
    }

    private static boolean generic(Found found) {
        return found.endpoint().ofErrors() == ErrorDetail.GENERIC;
    }

    private static ProblemException refused(
            UpstreamCall call, byte[] body, Found found, String shown) {
        if (call.status() == 404) {
            return notFound(shown);
        }
        // Nothing was sent that could be too large or wrong in itself.
        boolean blames = call.status() == 413 || call.status() == 422;
        var error =
                UpstreamErrorReader.read(
                                blames ? 502 : call.status(),
                                body,
                                0,
                                body.length,
                                found.targetModel(),
                                found.endpoint().slug().value())
                        .shown(generic(found));
        return UpstreamProblems.ofError(call, error).problem().asException();
    }

    private static ProblemException notFound(String shown) {
        var text = shown.length() > 100 ? shown.substring(0, 100) : shown;
        return Problem.of(ErrorCode.NOT_FOUND, "Response `" + text + "` was not found")
                .asException();
    }
}
