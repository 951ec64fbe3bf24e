package dev.turnpike.control.log;

import dev.turnpike.control.domain.FactDraft;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Resource;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a submission. */
public sealed interface Answer {
    /** The answer once everything of its transaction is committed. */
    default Answer at(long committedPosition) {
        return this;
    }

    /**
     * It happened (or, for a dry run, would happen).
     *
     * @param subject the resource it was about, as it is afterwards, or as it last was when it was
     *     deleted; null for a change of many
     * @param facts what changed; empty when nothing did
     * @param at when it was decided
     * @param position offset in {@code turnpike.control.state} from which on a reader sees it
     */
    record Done(@Nullable Resource subject, List<FactDraft> facts, Instant at, long position)
            implements Answer {
        public Done {
            facts = List.copyOf(facts);
        }

        @Override
        public Done at(long committedPosition) {
            return new Done(subject, facts, at, committedPosition);
        }
    }

    /**
     * All of {@link Together} happened (or would).
     *
     * @param parts what each step became
     */
    record DoneTogether(List<Done> parts, long position) implements Answer {
        public DoneTogether {
            parts = List.copyOf(parts);
        }

        @Override
        public DoneTogether at(long committedPosition) {
            return new DoneTogether(parts, committedPosition);
        }
    }

    /**
     * All of {@link Together} happened before, under the same {@code Idempotency-Key}.
     *
     * @param kept what was to be kept of its results; null when they are no longer remembered
     * @param nonce what its secrets were derived from; null when they were not derived from one
     */
    record RepeatedTogether(
            @Nullable String kept, byte @Nullable [] nonce, Instant at, long position)
            implements Answer {
        @Override
        public RepeatedTogether at(long committedPosition) {
            return new RepeatedTogether(kept, nonce, at, committedPosition);
        }
    }

    /**
     * It happened before, under the same {@code Idempotency-Key}.
     *
     * @param subject the resource it was about as it is now; null when there is a {@code reply}
     * @param reply the reply of then, as JSON without secrets
     * @param nonce what its secrets were derived from; null when they were not derived from one
     */
    record Repeated(
            @Nullable Resource subject,
            @Nullable String reply,
            byte @Nullable [] nonce,
            Instant at,
            long position)
            implements Answer {
        /** The answer as if it had just been decided, but that nothing changed. */
        public Done done() {
            return new Done(subject, List.of(), at, position);
        }

        @Override
        public Repeated at(long committedPosition) {
            return new Repeated(subject, reply, nonce, at, committedPosition);
        }
    }

    /** It did not happen, or (for {@code unavailable}) it is unknown whether it did. */
    record Refused(Problem problem) implements Answer {}

    /** This replica does not own the log. Nothing happened. */
    record NotOwner() implements Answer {}
}
