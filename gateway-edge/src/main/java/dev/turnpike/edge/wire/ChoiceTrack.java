package dev.turnpike.edge.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was already sent of one choice of a stream, so that repetitions and gaps can be repaired.
 */
final class ChoiceTrack {
    /** Tool calls of one choice. */
    static final int TOOL_CALLS_MAX = 1_024;

    final int index;
    boolean roleSent;
    boolean finished;
    @Nullable String functionName;
    private final List<ToolCall> calls = new ArrayList<>();
    private int last;

    ChoiceTrack(int index) {
        this.index = index;
    }

    boolean calledTools() {
        return !calls.isEmpty() || functionName != null;
    }

    /** The tool call with that index, or null if there would be too many. */
    @Nullable ToolCall at(int callIndex) {
        last = callIndex;
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).index == callIndex) {
                return calls.get(i);
            }
        }
        return add(callIndex);
    }

    /**
     * The tool call that a delta without an index means: the one with that id, a new one, or the
     * last.
     */
    @Nullable ToolCall guess(@Nullable String id) {
        int highest = -1;
        for (int i = 0; i < calls.size(); i++) {
            var call = calls.get(i);
            if (id != null && id.equals(call.id)) {
                last = call.index;
                return call;
            }
            highest = Math.max(highest, call.index);
        }
        boolean more = id == null && !calls.isEmpty();
        return at(more ? last : highest + 1);
    }

    private @Nullable ToolCall add(int callIndex) {
        if (calls.size() == TOOL_CALLS_MAX) {
            return null;
        }
        var call = new ToolCall(callIndex);
        calls.add(call);
        return call;
    }

    /** One tool call being streamed. */
    static final class ToolCall {
        final int index;
        @Nullable String id;
        @Nullable String name;

        ToolCall(int index) {
            this.index = index;
        }
    }
}
