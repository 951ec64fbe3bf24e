package dev.turnpike.edge.upstream;

import java.time.Duration;

/** Why an upstream did not give a whole answer. Texts are for operators, never for clients. */
public sealed interface UpstreamFault {
    /** Nothing was sent: the name did not resolve, or no connection or TLS session came about. */
    record ConnectFailed(String reason) implements UpstreamFault {}

    /** Nothing was sent: the address policy forbids the target. */
    record AddressRefused(String reason) implements UpstreamFault {}

    /**
     * A deadline passed.
     *
     * @param waited how long the stage had lasted
     */
    record TimedOut(Stage stage, Duration waited) implements UpstreamFault {
        /** Whether the upstream surely had the whole request by then. */
        public boolean afterSending() {
            return switch (stage) {
                case CONNECT, SEND, TOTAL -> false;
                case FIRST_BYTE, IDLE -> true;
            };
        }
    }

    /** The connection broke after the request was begun and before any response byte. */
    record ResetBeforeFirstByte(String reason) implements UpstreamFault {}

    /** The connection broke, or ended early, after the first response byte. */
    record ResetMidBody(String reason) implements UpstreamFault {}

    /** The upstream broke HTTP, or answered in a way this client does not accept. */
    record BadResponse(String reason) implements UpstreamFault {}

    /** The answer is longer than the {@code bytesMax} that are read of it. */
    record AnswerTooLarge(long bytesMax) implements UpstreamFault {}

    /**
     * The body broke off on this side before all of it was sent; the exception's cause says why.
     */
    record BodyLost(String reason) implements UpstreamFault {}

    /** The call was closed or interrupted on this side. */
    record Cancelled() implements UpstreamFault {}

    /** The part of a call that a deadline belongs to. */
    enum Stage {
        CONNECT,
        SEND,
        FIRST_BYTE,
        IDLE,
        TOTAL
    }

    /** Whether the upstream cannot have begun an answer, so that another target may be tried. */
    default boolean beforeFirstByte() {
        return switch (this) {
            case ConnectFailed _, AddressRefused _, ResetBeforeFirstByte _ -> true;
            case TimedOut(var stage, _) ->
                    stage == Stage.CONNECT || stage == Stage.SEND || stage == Stage.FIRST_BYTE;
            case ResetMidBody _, BadResponse _, AnswerTooLarge _, BodyLost _, Cancelled _ -> false;
        };
    }
}
