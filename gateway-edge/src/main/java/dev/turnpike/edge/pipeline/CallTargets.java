package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.demo.DemoCall;
import dev.turnpike.edge.demo.DemoModel;
import dev.turnpike.edge.upstream.Deadlines;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.upstream.UpstreamRequest;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.usage.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Tries the targets of an endpoint in order until one accepts: the next one on a connection that
 * cannot be made, silence before the first byte, 429 and 5xx; never after the first byte.
 */
final class CallTargets {
    private static final String CHAT_PATH = "/chat/completions";
    private static final Header JSON = new Header("content-type", "application/json");

    private final UpstreamClient client;
    private final UpstreamAddress addresses;
    private final Credentials credentials;
    private final DemoModel demo;
    private final RandomGenerator random;

    CallTargets(
            UpstreamClient client,
            UpstreamAddress addresses,
            Credentials credentials,
            DemoModel demo,
            RandomGenerator random) {
        this.client = client;
        this.addresses = addresses;
        this.credentials = credentials;
        this.demo = demo;
        this.random = random;
    }

    /**
     * @param body the request body for a given model name
     * @param served takes a record of every attempt
     */
    Answer apply(
            Endpoint endpoint,
            OpenRequest request,
            Function<String, List<ByteSlice>> body,
            ServedChat served) {
        Answer last = unavailable();
        for (var target : TargetOrder.of(endpoint.targets(), random)) {
            var model = target.targetModel();
            if (model == null) {
                model = endpoint.slug().value();
            }
            long began = served.watch().nanos();
            try {
                var call = open(target, model, body.apply(model), request);
                served.attempted(target.provider(), model, call.status(), null, began);
                if (call.status() / 100 == 2) {
                    return new Answer.Accepted(target.provider(), model, call);
                }
                int status = call.status();
                last = UpstreamProblems.ofStatus(call, model, endpoint.slug().value());
                if (!worthAnotherTarget(status)) {
                    return last;
                }
            } catch (UpstreamFaultException e) {
                served.attempted(
                        target.provider(), model, 0, UpstreamProblems.label(e.fault()), began);
                last = UpstreamProblems.ofFault(e.fault());
                if (!e.fault().beforeFirstByte()) {
                    return last;
                }
            } catch (InvalidUrlException e) {
                served.attempted(target.provider(), model, 0, "no usable address", began);
            }
        }
        return last;
    }

    private UpstreamCall open(
            Target target, String model, List<ByteSlice> body, OpenRequest request)
            throws UpstreamFaultException, InvalidUrlException {
        if (target.provider() == Provider.DEMO) {
            request.called(target.provider(), model);
            return DemoCall.open(demo, body, "chatcmpl-" + request.call().requestId().value());
        }
        var upstream = upstream(target, body, request);
        var deadlines = deadlines(target);
        // Only now: a target that nothing can be sent to is not called, and costs nothing.
        request.called(target.provider(), model);
        return client.open(upstream, deadlines);
    }

    private UpstreamRequest upstream(Target target, List<ByteSlice> body, OpenRequest request)
            throws UpstreamFaultException, InvalidUrlException {
        var place = addresses.of(target, CHAT_PATH);
        try {
            return new UpstreamRequest(
                    "POST", place.origin(), place.path(), headers(target, request), body);
        } catch (IllegalArgumentException e) {
            // A credential with a line end, say: the fault of this target, not of the next one.
            throw new UpstreamFaultException(
                    new UpstreamFault.ConnectFailed("the target's headers make no request"));
        }
    }

    private List<Header> headers(Target target, OpenRequest request) throws UpstreamFaultException {
        var headers = new ArrayList<Header>(target.headers().size() + 4);
        headers.add(JSON);
        headers.add(
                new Header(
                        "accept",
                        request.call().stream() ? "text/event-stream" : "application/json"));
        headers.add(new Header("x-request-id", request.call().requestId().value()));
        target.headers().forEach((name, value) -> headers.add(new Header(name, value)));
        var id = target.secretId();
        if (id != null) {
            var secret =
                    credentials
                            .secret(id)
                            .orElseThrow(() ->
                                    new UpstreamFaultException(
                                            new UpstreamFault.ConnectFailed("no such credential")));
            headers.add(new Header("authorization", "Bearer " + secret.reveal()));
        }
        return headers;
    }

    private static Deadlines deadlines(Target target) {
        var timeouts = target.timeouts();
        return new Deadlines(
                Duration.ofMillis(timeouts.connectMillis()),
                Duration.ofMillis(timeouts.firstByteMillis()),
                Duration.ofMillis(timeouts.idleMillis()),
                Duration.ofMillis(timeouts.totalMillis()));
    }

    private static boolean worthAnotherTarget(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    private static Answer unavailable() {
        return new Answer.Failed(
                Problem.of(ErrorCode.UPSTREAM_ERROR, "The model cannot be reached"),
                Outcome.UPSTREAM_FAILED);
    }
}
