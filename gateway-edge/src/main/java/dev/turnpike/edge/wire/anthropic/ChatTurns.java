package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a chat as turns: what several messages in a row say for one side is one turn,
 * results of tools stand in front of what the user says, and system messages stand apart. A user
 * speaks first, and the beginning of an answer that the model is to go on with ends in no space:
 * anything else is refused.
 */
final class ChatTurns {
    /** What a user said before an assistant spoke first: no text, and an empty one is refused. */
    private static final String NOTHING = ".";

    private final List<ChatBlocks.Block> system = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private boolean unsignedToolUse;

    /** One side's turn. */
    private record Turn(
            boolean user, List<ChatBlocks.Block> results, List<ChatBlocks.Block> blocks) {}

    private ChatTurns() {}

    /**
     * @throws BodyFaultException naming a message that cannot be said in the Messages API
     */
    static ChatTurns of(List<JsonView> messages) throws BodyFaultException {
        var turns = new ChatTurns();
        for (int i = 0; i < messages.size(); i++) {
            turns.message(messages.get(i), "messages[" + i + "]");
        }
        if (turns.turns.isEmpty()) {
            throw Unsupported.invalid(
                    "messages", "'messages' must hold something that a user says");
        }
        turns.stripEnd();
        return turns;
    }

    private void stripEnd() {
        var blocks = turns.getLast().blocks();
        if (!turns.getLast().user() && blocks.getLast() instanceof ChatBlocks.Text last) {
            blocks.set(blocks.size() - 1, last.stripped());
        }
    }

    /** Whether an assistant called tools and the signed thinking before it is not there. */
    boolean unsignedToolUse() {
        return unsignedToolUse;
    }

    private void message(JsonView message, String param) throws BodyFaultException {
        var members = message.members();
        var content = members.get("content");
        switch (JsonView.text(members, "role")) {
            case "system", "developer" -> ChatBlocks.texts(content, param + ".content", system);
            case "user" -> {
                var blocks = new ArrayList<ChatBlocks.Block>();
                ChatBlocks.user(content, param + ".content", blocks);
                if (!blocks.isEmpty()) {
                    turn(true).blocks().addAll(blocks);
                }
            }
            case "assistant" -> {
                var blocks = new ArrayList<ChatBlocks.Block>();
                boolean signed = ChatBlocks.thinking(members.get("thinking_blocks"), blocks);
                ChatBlocks.assistant(members, param, blocks);
                var calls = members.get("tool_calls");
                unsignedToolUse |= !signed && calls != null && !calls.elements().isEmpty();
                if (!blocks.isEmpty()) {
                    turn(false).blocks().addAll(blocks);
                }
            }
            case "tool" -> turn(true).results().add(ChatBlocks.result(members, param));
            default -> throw Unsupported.of(param + ".role", "This role");
        }
    }

    private Turn turn(boolean user) {
        if (turns.isEmpty() || turns.getLast().user() != user) {
            turns.add(new Turn(user, new ArrayList<>(), new ArrayList<>()));
        }
        return turns.getLast();
    }

    /**
     * @param instruction said after all else
     */
    void writeSystem(@Nullable String instruction, JsonOut out) {
        if (system.isEmpty() && instruction == null) {
            return;
        }
        out.name("system").array();
        for (var block : system) {
            block.write(out);
        }
        if (instruction != null) {
            out.object().member("type", "text").member("text", instruction).endObject();
        }
        out.endArray();
    }

    void writeMessages(JsonOut out) {
        out.name("messages").array();
        if (!turns.getFirst().user()) {
            out.object().member("role", "user").name("content").array();
            out.object().member("type", "text").member("text", NOTHING).endObject();
            out.endArray().endObject();
        }
        for (var turn : turns) {
            out.object().member("role", turn.user() ? "user" : "assistant");
            out.name("content").array();
            turn.results().forEach(block -> block.write(out));
            turn.blocks().forEach(block -> block.write(out));
            out.endArray().endObject();
        }
        out.endArray();
    }
}
