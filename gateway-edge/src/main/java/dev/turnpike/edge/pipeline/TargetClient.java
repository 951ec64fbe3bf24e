package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.demo.DemoCall;
import dev.turnpike.edge.demo.DemoModel;
import dev.turnpike.edge.pipeline.Credentials.Form;
import dev.turnpike.edge.upstream.Deadlines;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.Patience;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.upstream.UpstreamRequest;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.id.CredentialId;
import dev.turnpike.schemas.id.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends one request to one target: its address, its credential in the form its provider wants, its
 * deadlines. Nothing of the client's own headers gets here. Thread-safe.
 */
final class TargetClient {
    private static final Header REQUEST_ID = new Header("x-request-id", "");

    private final UpstreamClient client;
    private final UpstreamAddress addresses;
    private final Credentials credentials;
    private final ServiceTokens tokens;
    private final DemoModel demo;

    TargetClient(
            UpstreamClient client,
            UpstreamAddress addresses,
            Credentials credentials,
            ServiceTokens tokens,
            DemoModel demo) {
        this.client = client;
        this.addresses = addresses;
        this.credentials = credentials;
        this.tokens = tokens;
        this.demo = demo;
    }

    /**
     * What is to be sent.
     *
     * @param path appended to the target's base URL
     * @param headers of the wire, without credentials
     */
    record Message(
            RequestId id, String method, String path, List<Header> headers, UpstreamBody body) {}

    /** A request that can be sent: nothing of it has gone out yet. */
    interface Ready {
        /**
         * @param deadlines the target's own, or sooner
         */
        UpstreamCall send(Deadlines deadlines, Patience patience) throws UpstreamFaultException;
    }

    /**
     * Makes a request of a message.
     *
     * @throws UpstreamFaultException if its credential is missing or makes no header
     * @throws InvalidUrlException if the target has no usable address
     */
    Ready prepare(Target target, Message message, Deadlines deadlines)
            throws UpstreamFaultException, InvalidUrlException {
        if (target.provider() == Provider.DEMO) {
            var id = message.id().value();
            return (_, _) -> DemoCall.open(demo, message.path(), message.body(), id);
        }
        try {
            var to = addresses.of(target, message.path());
            var headers = headers(target, message, deadlines);
            var request = new UpstreamRequest(message.method(), to, headers, message.body());
            return (within, patience) -> client.open(request, within, patience);
        } catch (IllegalArgumentException e) {
            // A header of the operator's that belongs to the connection, or a credential with a
            // line end, say: the fault of this target, not of the next one.
            throw unusable("the target's headers make no request");
        }
    }

    private List<Header> headers(Target target, Message message, Deadlines deadlines)
            throws UpstreamFaultException {
        var own = message.headers();
        var headers = new ArrayList<Header>(own.size() + target.headers().size() + 2);
        headers.addAll(own);
        headers.add(REQUEST_ID.with(message.id().value()));
        for (var entry : target.headers().entrySet()) {
            headers.add(new Header(entry.getKey(), entry.getValue()));
        }
        var id = target.secretId();
        if (id != null) {
            var credential = credential(target.provider(), id, deadlines);
            headers.add(credential.orElseThrow(() -> unusable("no such credential")));
        }
        return headers;
    }

    private Optional<Header> credential(Provider provider, CredentialId id, Deadlines deadlines)
            throws UpstreamFaultException {
        return switch (provider) {
            case ANTHROPIC -> credentials.header(id, Form.X_API_KEY);
            case BASETEN, BASETEN_MODEL_API -> credentials.header(id, Form.API_KEY);
            case OPENAI, OPENAI_COMPATIBLE, DEMO -> credentials.header(id, Form.BEARER);
            case VERTEX -> {
                var account = credentials.secret(id);
                yield account.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new Header(
                                        "authorization",
                                        "Bearer " + tokens.token(account.get(), deadlines)));
            }
        };
    }

    /**
     * The deadlines of a target, none of them longer than {@code leftNanos} before its first byte.
     */
    static Deadlines deadlines(Target target, long leftNanos) {
        var timeouts = target.timeouts();
        return new Deadlines(
                Math.min(nanos(timeouts.connectMillis()), leftNanos),
                Math.min(nanos(timeouts.firstByteMillis()), leftNanos),
                nanos(timeouts.idleMillis()),
                nanos(timeouts.totalMillis()));
    }

    private static long nanos(int millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static UpstreamFaultException unusable(String why) {
        return new UpstreamFaultException(new UpstreamFault.ConnectFailed(why));
    }
}
