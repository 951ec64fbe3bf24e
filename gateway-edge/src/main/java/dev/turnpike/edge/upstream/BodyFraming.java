package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.BadResponse;

/**
 * How the end of a response body is found.
 *
 * @param kind the rule
 * @param length bytes of the body; meaningful for {@link Kind#LENGTH} only
 */
record BodyFraming(Kind kind, long length) {
    private static final int LENGTH_DIGITS_MAX = 18;

    enum Kind {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    /** Applies RFC 9112 section 6.3, refusing every doubtful case instead of choosing. */
    static BodyFraming of(String method, ResponseHeadParser.Head head)
            throws UpstreamFaultException {
        var headers = head.headers();
        int coding = headers.indexOf("transfer-encoding", 0);
        int length = headers.indexOf("content-length", 0);
        if (coding >= 0 && (length >= 0 || head.http10())) {
            throw bad("both content-length and transfer-encoding");
        }
        if (coding >= 0
                && (headers.indexOf("transfer-encoding", coding + 1) >= 0
                        || !headers.valueIs(coding, "chunked"))) {
            throw bad("unknown transfer-encoding");
        }
        if (length >= 0 && headers.indexOf("content-length", length + 1) >= 0) {
            throw bad("two content-lengths");
        }
        int content = headers.indexOf("content-encoding", 0);
        if (content >= 0 && !headers.valueIs(content, "identity")) {
            throw bad("compressed although identity was asked for");
        }
        long bytes = length < 0 ? 0 : headers.number(length, LENGTH_DIGITS_MAX);
        if (bytes < 0) {
            throw bad("bad content-length");
        }
        if (method.equals("HEAD") || head.status() == 204 || head.status() == 304) {
            return new BodyFraming(Kind.LENGTH, 0);
        }
        if (coding >= 0) {
            return new BodyFraming(Kind.CHUNKED, 0);
        }
        return new BodyFraming(length >= 0 ? Kind.LENGTH : Kind.UNTIL_CLOSE, bytes);
    }

    private static UpstreamFaultException bad(String reason) {
        return new UpstreamFaultException(new BadResponse(reason));
    }
}
