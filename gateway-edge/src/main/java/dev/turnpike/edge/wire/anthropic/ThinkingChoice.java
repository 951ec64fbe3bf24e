package dev.turnpike.edge.wire.anthropic;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a chat's wish for reasoning is said to a model of Anthropic.
 *
 * @param given the client's own {@code thinking}, which wins
 * @param adaptive whether the model chooses how much it thinks
 * @param budgetTokens for thinking, 0 for none
 * @param effort an effort for {@code output_config}
 */
record ThinkingChoice(
        @Nullable JsonView given, boolean adaptive, long budgetTokens, @Nullable String effort) {
    /** Smaller budgets are refused. */
    private static final long BUDGET_TOKENS_MIN = 1_024;

    private static final ThinkingChoice NONE = new ThinkingChoice(null, false, 0, null);

    /**
     * @param unsignedToolUse whether the history holds tool calls without the signed thinking that
     *     led to them; such a history is refused when thinking is on
     * @param forced whether a tool must be called, which is refused when thinking is on
     */
    static ThinkingChoice of(
            Map<String, JsonView> request,
            ClaudeModel model,
            long maxTokens,
            boolean unsignedToolUse,
            boolean forced) {
        var given = request.get("thinking");
        if (given != null && given.isObject()) {
            return new ThinkingChoice(given, false, 0, null);
        }
        var wanted = JsonView.text(request, "reasoning_effort");
        if (wanted.isEmpty() || wanted.equals("none")) {
            return NONE;
        }
        if (model.adaptsThinking()) {
            return new ThinkingChoice(null, !unsignedToolUse && !forced, 0, effort(wanted));
        }
        long budget = Math.min(budget(wanted), maxTokens - 1);
        boolean thinks =
                model.thinksByBudget()
                        && !unsignedToolUse
                        && budget >= BUDGET_TOKENS_MIN
                        && !forced;
        return thinks ? new ThinkingChoice(null, false, budget, null) : NONE;
    }

    /** Whether the model thinks, so that it takes no sampling parameters and no forced tool. */
    boolean on() {
        return adaptive
                || budgetTokens > 0
                || (given != null && !ChatToMessages.typeIs(given.members(), "disabled"));
    }

    /** Whether a wish for reasoning has no effect. */
    boolean none() {
        return equals(NONE);
    }

    void write(JsonOut out) {
        if (given != null) {
            out.member("thinking", given);
        } else if (adaptive) {
            out.name("thinking").object().member("type", "adaptive").endObject();
        } else if (budgetTokens > 0) {
            out.name("thinking").object().member("type", "enabled");
            out.name("budget_tokens").number(budgetTokens).endObject();
        }
    }

    private static String effort(String wanted) {
        return wanted.equals("minimal") ? "low" : wanted;
    }

    private static long budget(String wanted) {
        return switch (wanted) {
            case "minimal" -> 1_024;
            case "low" -> 2_048;
            case "high" -> 16_384;
            case "xhigh", "max" -> 24_576;
            default -> 8_192;
        };
    }
}
