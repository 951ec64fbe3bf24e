package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.demo.DemoCall;
import dev.turnpike.edge.demo.DemoModel;
import dev.turnpike.edge.protocol.Asked;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.protocol.TargetTerms;
import dev.turnpike.edge.upstream.Deadlines;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.upstream.UpstreamRequest;
import dev.turnpike.edge.wire.BodyFaultException;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tries the targets of an endpoint in order until one accepts: the next one on a connection that
 * cannot be made, silence before the first byte, 429 and 5xx; never after the first byte.
 */
final class CallTargets {
    /** Targets remembered for not knowing {@code stream_options}; more are asked twice. */
    private static final int NO_STREAM_OPTIONS_MAX = 10_000;

    private final UpstreamClient client;
    private final UpstreamAddress addresses;
    private final Credentials credentials;
    private final DemoModel demo;
    private final RandomGenerator random;
    private final Set<String> withoutStreamOptions = ConcurrentHashMap.newKeySet();

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
     * @param asked what is put to each target in its own words
     * @param served takes a record of every attempt
     */
    Answer apply(Endpoint endpoint, OpenRequest request, Asked asked, ServedRequest served) {
        Answer last = unavailable();
        for (var target : TargetOrder.of(endpoint.targets(), random)) {
            var attempt = attempt(endpoint, target, request, asked, served);
            if (!attempt.another()) {
                return attempt.answer();
            }
            last = attempt.answer();
        }
        return last;
    }

    /**
     * What came of one target.
     *
     * @param another whether another target may be tried
     */
    private record Attempt(Answer answer, boolean another) {}

    private Attempt attempt(
            Endpoint endpoint,
            Target target,
            OpenRequest request,
            Asked asked,
            ServedRequest served) {
        var model = target.targetModel();
        if (model == null) {
            model = endpoint.slug().value();
        }
        boolean usage = !withoutStreamOptions.contains(key(target, model));
        var terms = new TargetTerms(model, endpoint.forwardMetadata(), usage);
        var tried = attempt(target, terms, request, asked, served);
        if (tried == null) { // It does not know stream_options.
            if (withoutStreamOptions.size() < NO_STREAM_OPTIONS_MAX) {
                withoutStreamOptions.add(key(target, model));
            }
            var plain = new TargetTerms(model, endpoint.forwardMetadata(), false);
            tried = attempt(target, plain, request, asked, served);
        }
        return tried == null ? new Attempt(unavailable(), true) : tried;
    }

    private static String key(Target target, String model) {
        return target.provider() + " " + target.baseUrl() + " " + model;
    }

    /**
     * @return null if the target should be asked again without {@code stream_options}
     */
    private @Nullable Attempt attempt(
            Target target,
            TargetTerms terms,
            OpenRequest request,
            Asked asked,
            ServedRequest served) {
        var provider = target.provider();
        var model = terms.model();
        long began = served.watch().nanos();
        try {
            var form = asked.form(target, terms);
            var call = open(target, model, form, request);
            int status = call.status();
            served.attempted(provider, model, status, null, began);
            if (status / 100 == 2) {
                return new Attempt(new Answer.Accepted(provider, model, call, form), false);
            }
            var error = UpstreamProblems.read(call, form, request.view(model));
            if (error.blamesStreamOptions() && terms.usageInStream()) {
                return null;
            }
            return new Attempt(UpstreamProblems.ofError(call, error), worthAnotherTarget(status));
        } catch (BodyFaultException e) {
            var failed = new Answer.Failed(InferencePipeline.refused(e), Outcome.UPSTREAM_FAILED);
            return new Attempt(failed, true);
        } catch (UpstreamFaultException e) {
            served.attempted(provider, model, 0, UpstreamProblems.label(e.fault()), began);
            return new Attempt(UpstreamProblems.ofFault(e.fault()), e.fault().beforeFirstByte());
        } catch (InvalidUrlException e) {
            served.attempted(provider, model, 0, "no usable address", began);
            return new Attempt(unavailable(), true);
        }
    }

    private UpstreamCall open(Target target, String model, TargetForm form, OpenRequest request)
            throws UpstreamFaultException, InvalidUrlException {
        if (target.provider() == Provider.DEMO) {
            request.called(target.provider(), model);
            return DemoCall.open(
                    demo, form.body(), "chatcmpl-" + request.call().requestId().value());
        }
        var upstream = upstream(target, form, request);
        var deadlines = deadlines(target);
        // Only now: a target that nothing can be sent to is not called, and costs nothing.
        request.called(target.provider(), model);
        return client.open(upstream, deadlines);
    }

    private UpstreamRequest upstream(Target target, TargetForm form, OpenRequest request)
            throws UpstreamFaultException, InvalidUrlException {
        var place = addresses.of(target, form.path());
        try {
            return new UpstreamRequest(
                    "POST",
                    place.origin(),
                    place.path(),
                    headers(target, form, request),
                    form.body());
        } catch (IllegalArgumentException e) {
            // A credential with a line end, say: the fault of this target, not of the next one.
            throw new UpstreamFaultException(
                    new UpstreamFault.ConnectFailed("the target's headers make no request"));
        }
    }

    private List<Header> headers(Target target, TargetForm form, OpenRequest request)
            throws UpstreamFaultException {
        var own = form.headers();
        var headers = new ArrayList<Header>(own.size() + target.headers().size() + 2);
        headers.addAll(own);
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
            headers.add(credential(target.provider(), secret.reveal()));
        }
        return headers;
    }

    private static Header credential(Provider provider, String secret) {
        return switch (provider) {
            case ANTHROPIC -> new Header("x-api-key", secret);
            case OPENAI, OPENAI_COMPATIBLE, BASETEN, BASETEN_MODEL_API, VERTEX, DEMO ->
                    new Header("authorization", "Bearer " + secret);
        };
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
