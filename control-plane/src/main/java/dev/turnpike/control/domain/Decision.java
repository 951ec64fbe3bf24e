package dev.turnpike.control.domain;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a command. */
public sealed interface Decision {
    /**
     * It may happen.
     *
     * @param facts to be appended together; empty when nothing changes
     * @param subject the resource the command was about, as it is afterwards, or as it last was
     *     when the command deletes it; null for a command about many
     */
    record Accepted(List<FactDraft> facts, @Nullable Resource subject) implements Decision {
        public Accepted {
            facts = List.copyOf(facts);
        }
    }

    /**
     * It may not.
     *
     * @param rule the rule it breaks
     */
    record Rejected(Rule rule, Problem problem) implements Decision {}

    static Decision one(FactDraft fact) {
        return new Accepted(List.of(fact), fact.subject());
    }

    static Decision unchanged(Resource subject) {
        return new Accepted(List.of(), subject);
    }

    static Decision reject(Rule rule) {
        return new Rejected(rule, rule.problem());
    }

    /**
     * It may not, because there are as many as may be.
     *
     * @param whole what has so many at most, as in {@code A group}
     * @param parts of which it has so many
     */
    static Decision full(String whole, int max, String parts) {
        var message = whole + " has at most " + max + " " + parts;
        return new Rejected(Rule.TOO_MANY, Problem.of(ErrorCode.CONFLICT, message));
    }

    static Decision reject(Rule rule, String param) {
        return new Rejected(rule, rule.problem().withParam(param));
    }
}
