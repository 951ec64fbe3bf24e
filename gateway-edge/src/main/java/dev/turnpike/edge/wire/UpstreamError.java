package dev.turnpike.edge.wire;

import java.util.Set;

/**
 * A provider's error, cleaned and brought to what a client may see.
 *
 * @param upstreamStatus what the provider answered; 200 for an error inside a stream
 * @param clientStatus what the client gets
 * @param body what the client is told
 * @param blamed what the provider's refusal of the request speaks of: worth another try without
 * @param unknown whether the refusal says that such a member is not known, and not that this
 *     client's value of it is wrong: the next client's would be refused, too
 */
public record UpstreamError(
        int upstreamStatus,
        int clientStatus,
        ErrorBody body,
        Set<Dispensable> blamed,
        boolean unknown) {
    public UpstreamError {
        blamed = Set.copyOf(blamed);
    }

    /** The same, with the provider's own words or without. */
    public UpstreamError shown(boolean generic) {
        return generic ? generic() : this;
    }

    /** The same without the provider's own words. */
    public UpstreamError generic() {
        var shown =
                new ErrorBody(
                        UpstreamErrorReader.sentence(clientStatus),
                        body.type(),
                        null,
                        body.code(),
                        body.decision());
        return new UpstreamError(upstreamStatus, clientStatus, shown, blamed, unknown);
    }

    /** The same without the member at fault, for a request that the provider saw in other words. */
    public UpstreamError unplaced() {
        var shown = new ErrorBody(body.message(), body.type(), null, body.code(), body.decision());
        return new UpstreamError(upstreamStatus, clientStatus, shown, blamed, unknown);
    }
}
