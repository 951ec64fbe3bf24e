package dev.turnpike.edge.journal;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.usage.RequestFact;
import org.jspecify.annotations.Nullable;

/** Something that becomes true of a request and must be durable before anybody acts on it. */
sealed interface Step {
    /** The request it is about. */
    RequestId id();

    /**
     * @param called the upstream that is called next; null when that is still to be found out
     */
    record Start(RequestFact.Started fact, Unfinished.@Nullable Called called) implements Step {
        @Override
        public RequestId id() {
            return fact.call().requestId();
        }
    }

    record Call(RequestId id, Unfinished.Called called) implements Step {}

    record Settle(RequestFact.Settled fact) implements Step {
        @Override
        public RequestId id() {
            return fact.call().requestId();
        }
    }

    record Refuse(RequestFact.Refused fact) implements Step {
        @Override
        public RequestId id() {
            return fact.call().requestId();
        }
    }
}
