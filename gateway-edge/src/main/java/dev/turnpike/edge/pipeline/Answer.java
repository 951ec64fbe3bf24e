package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.AnswerView;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;

/** What trying the targets of an endpoint came to. */
sealed interface Answer {
    /**
     * A target answers with a 2xx; its body is still to be read.
     *
     * @param view what is shown of the gateway instead of the target
     * @param form reads the body
     * @param drain whether it is read although the client has left
     */
    record Accepted(
            Provider provider, AnswerView view, UpstreamCall call, TargetForm form, Drain drain)
            implements Answer {
        /** The model name that was sent. */
        String targetModel() {
            return view.targetModel();
        }
    }

    /**
     * The client left before a target had answered.
     *
     * @param targetModel the model name that had been sent
     */
    record ClientLeft(Provider provider, String targetModel) implements Answer {}

    /** The client left before a target had all of the request, so that none can have begun. */
    record BodyBroken() implements Answer {}

    /**
     * No target answers.
     *
     * @param problem what the client is told
     * @param outcome how the request ended
     */
    record Failed(Problem problem, Outcome outcome) implements Answer {}
}
