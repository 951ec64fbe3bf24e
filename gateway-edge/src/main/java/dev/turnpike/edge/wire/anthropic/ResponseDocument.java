package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.RawUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The response object around its items, with what it repeats of its request. */
record ResponseDocument(MessageView view, ResponseRequest asked) {
    String id() {
        return "resp_" + view.requestId();
    }

    /** {@code completed} or {@code incomplete}. */
    static String status(String finishReason) {
        return switch (finishReason) {
            case "length", "content_filter" -> "incomplete";
            default -> "completed";
        };
    }

    /**
     * @param finishReason of chat completions; null while the answer is still being made
     * @param usage null as long as it is not known
     */
    void write(
            JsonOut out,
            List<ResponseItem> items,
            @Nullable String finishReason,
            @Nullable RawUsage usage) {
        var status = finishReason == null ? "in_progress" : status(finishReason);
        out.object().member("id", id()).member("object", "response");
        out.name("created_at").number(view.createdSeconds());
        out.member("status", status).name("background").bool(false);
        out.name("error").literal("null").name("incomplete_details");
        incomplete(out, finishReason);
        out.member("model", view.publicModel()).name("output").array();
        for (var item : items) {
            item.write(out, status, asked.signed());
        }
        out.endArray();
        out.name("previous_response_id").literal("null").name("store").bool(false);
        out.member("truncation", "disabled");
        asked.repeat(out);
        out.name("usage");
        usage(out, usage);
        out.endObject();
    }

    private static void incomplete(JsonOut out, @Nullable String finishReason) {
        if (finishReason == null || status(finishReason).equals("completed")) {
            out.literal("null");
            return;
        }
        var reason = finishReason.equals("length") ? "max_output_tokens" : finishReason;
        out.object().member("reason", reason).endObject();
    }

    private static void usage(JsonOut out, @Nullable RawUsage usage) {
        if (usage == null) {
            out.literal("null");
            return;
        }
        out.object().name("input_tokens").number(usage.prompt());
        out.name("input_tokens_details").object();
        out.name("cached_tokens").number(usage.cachedRead());
        out.name("cache_write_tokens").number(usage.cacheWrite()).endObject();
        out.name("output_tokens").number(usage.completion());
        out.name("output_tokens_details").object();
        out.name("reasoning_tokens").number(usage.reasoning()).endObject();
        out.name("total_tokens").number(usage.total()).endObject();
    }
}
