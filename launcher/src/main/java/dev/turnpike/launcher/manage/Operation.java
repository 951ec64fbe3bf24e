package dev.turnpike.launcher.manage;

import java.util.List;

/**
 * One operation of the management API.
 *
 * @param resource what it is about, as one types it: {@code api-keys}
 * @param verb what it does to it: {@code create}, {@code rotate-secret}; empty when the resource
 *     has no other operation and says it all
 * @param path with {@code {name}} for parameters
 * @param pathParameters in the order of the path
 * @param query parameters other than {@code limit}, {@code cursor} and {@code dry_run}
 * @param traits what else it takes and answers
 * @param body the fields of its body that fit an option
 */
public record Operation(
        String resource,
        String verb,
        String summary,
        String method,
        String path,
        List<String> pathParameters,
        List<Field> query,
        Traits traits,
        List<Field> body) {
    /**
     * @param body whether there may be one
     * @param paged answers pages of a list
     * @param dryRun takes {@code dry_run}
     * @param ifMatch takes {@code If-Match}
     * @param idempotent takes {@code Idempotency-Key}
     * @param signed must carry a signature of the operator's, see {@link RegistrationSigner}
     */
    public record Traits(
            Body body,
            boolean paged,
            boolean dryRun,
            boolean ifMatch,
            boolean idempotent,
            boolean signed) {}

    /** Whether there is a body. */
    public enum Body {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    public Operation {
        pathParameters = List.copyOf(pathParameters);
        query = List.copyOf(query);
        body = List.copyOf(body);
    }
}
