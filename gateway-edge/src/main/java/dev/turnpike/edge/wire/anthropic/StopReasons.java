package dev.turnpike.edge.wire.anthropic;

import org.jspecify.annotations.Nullable;

/** Why an answer ended, in both vocabularies. Unknown words are no errors. */
final class StopReasons {
    private StopReasons() {}

    /** OpenAI's {@code finish_reason} for Anthropic's {@code stop_reason}. */
    static String finishReason(String stopReason) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "tool_use" -> "tool_calls";
            case "refusal" -> "content_filter";
            default -> "stop"; // end_turn, stop_sequence, pause_turn and what is yet to come.
        };
    }

    /**
     * Anthropic's {@code stop_reason} for OpenAI's {@code finish_reason}.
     *
     * @param calledTools whether the answer holds tool calls, whatever the upstream says
     */
    static String stopReason(@Nullable String finishReason, boolean calledTools) {
        var reason = finishReason == null ? "stop" : finishReason;
        return switch (reason) {
            case "length" -> "max_tokens";
            case "content_filter" -> "refusal";
            case "tool_calls", "function_call" -> "tool_use";
            default -> calledTools ? "tool_use" : "end_turn";
        };
    }
}
