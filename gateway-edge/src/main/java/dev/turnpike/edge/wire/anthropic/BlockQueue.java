package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonFaultException.Reason;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content blocks in the order in which a message stream may show them: one after the other, each
 * closed before the next begins, none opened again. What comes for a later block while an earlier
 * one is not complete waits. One thread.
 */
final class BlockQueue {
    /** Content blocks of one message. */
    static final int BLOCKS_MAX = 4_096;

    /** What may wait, in bytes. */
    static final int WAITING_BYTES_MAX = 8 << 20;

    private final JsonOut out;
    private final String requestId;
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    private final Map<Integer, Block> tools = new HashMap<>();
    private @Nullable Block lastTool;
    private int highestTool = -1;
    private int opened;
    private int begun;
    private int waitingBytes;

    private enum Kind {
        TEXT,
        THINKING,
        TOOL
    }

    /** One block: the first of the queue is open, or about to be. */
    private static final class Block {
        final Kind kind;
        final JsonOut waiting = new JsonOut(64);
        final Balance balance = new Balance();
        @Nullable String id;
        @Nullable String name;
        int index = -1;
        boolean spoken;

        Block(Kind kind) {
            this.kind = kind;
        }

        boolean open() {
            return index >= 0;
        }

        /** Whether nothing more can belong to it once another block follows. */
        boolean complete() {
            return kind != Kind.TOOL || balance.closed();
        }

        boolean nameable() {
            return kind != Kind.TOOL || (id != null && name != null);
        }
    }

    BlockQueue(JsonOut out, String requestId) {
        this.out = out;
        this.requestId = requestId;
    }

    boolean calledTools() {
        return highestTool >= 0;
    }

    void text(JsonView piece) throws JsonFaultException {
        append(running(Kind.TEXT), piece);
    }

    void thinking(JsonView piece) throws JsonFaultException {
        append(running(Kind.THINKING), piece);
    }

    /**
     * A piece of a tool call.
     *
     * @param index as the upstream counts, or -1 when it does not say: then the call with that id,
     *     a new one for a new id, else the last one
     */
    void tool(int index, @Nullable String id, @Nullable String name, @Nullable JsonView arguments)
            throws JsonFaultException {
        var known = id == null ? null : id.replaceAll("[^a-zA-Z0-9_-]", "_");
        var block = tool(index, known);
        if (block.id == null) {
            block.id = known;
        }
        if (block.name == null && name != null) {
            block.name = name;
        }
        if (arguments != null && arguments.isString() && !arguments.isEmptyString()) {
            block.balance.add(arguments.text());
            append(block, arguments);
        } else {
            advance();
        }
    }

    private Block tool(int index, @Nullable String id) throws JsonFaultException {
        if (index < 0) {
            var last = lastTool;
            for (var each : tools.values()) {
                if (id != null && id.equals(each.id)) {
                    return each;
                }
            }
            if (last != null && id == null) {
                return last;
            }
        }
        int at = index < 0 ? highestTool + 1 : index;
        var known = tools.get(at);
        if (known != null) {
            lastTool = known;
            return known;
        }
        var block = add(Kind.TOOL);
        tools.put(at, block);
        highestTool = Math.max(highestTool, at);
        lastTool = block;
        return block;
    }

    /** The block at the end, if it is of that kind, else a new one. */
    private Block running(Kind kind) throws JsonFaultException {
        var last = blocks.peekLast();
        return last != null && last.kind == kind ? last : add(kind);
    }

    private Block add(Kind kind) throws JsonFaultException {
        if (begun++ == BLOCKS_MAX) {
            throw new JsonFaultException(Reason.TOO_MANY_VALUES, 0);
        }
        var block = new Block(kind);
        blocks.add(block);
        return block;
    }

    private void append(Block block, JsonView piece) throws JsonFaultException {
        if (!blocks.contains(block)) {
            return; // Behind arguments that were complete: nothing that could be said.
        }
        block.waiting.insides(piece);
        waitingBytes += piece.to() - piece.from();
        advance();
        if (waitingBytes > WAITING_BYTES_MAX) {
            throw new JsonFaultException(Reason.TOO_MANY_VALUES, piece.from());
        }
    }

    /** Writes all that may be written now. */
    private void advance() {
        while (true) {
            var first = blocks.peekFirst();
            if (first == null || !first.nameable()) {
                return;
            }
            write(first);
            if (blocks.size() == 1 || !first.complete()) {
                return;
            }
            stop(first);
        }
    }

    /** Writes everything and closes it. */
    void finish() {
        for (var block = blocks.peekFirst(); block != null; block = blocks.peekFirst()) {
            if (block.id == null) {
                block.id = "toolu_" + requestId + "_" + opened;
            }
            if (block.name == null) {
                block.name = "";
            }
            write(block);
            stop(block);
        }
    }

    private void write(Block block) {
        if (!block.open()) {
            start(block);
        }
        if (block.waiting.length() == 0) {
            return;
        }
        waitingBytes -= block.waiting.length();
        block.spoken = true;
        MessageEvents.begin("content_block_delta", out);
        out.name("index").number(block.index).name("delta").object();
        switch (block.kind) {
            case TEXT -> out.member("type", "text_delta").name("text");
            case THINKING -> out.member("type", "thinking_delta").name("thinking");
            case TOOL -> out.member("type", "input_json_delta").name("partial_json");
        }
        out.insideOf(block.waiting).endObject();
        MessageEvents.end(out);
        block.waiting.clear();
    }

    private void start(Block block) {
        block.index = opened++;
        MessageEvents.begin("content_block_start", out);
        out.name("index").number(block.index).name("content_block").object();
        switch (block.kind) {
            case TEXT -> out.member("type", "text").member("text", "");
            case THINKING ->
                    out.member("type", "thinking").member("thinking", "").member("signature", "");
            case TOOL ->
                    out.member("type", "tool_use")
                            .member("id", String.valueOf(block.id))
                            .member("name", String.valueOf(block.name))
                            .name("input")
                            .object()
                            .endObject();
        }
        out.endObject();
        MessageEvents.end(out);
    }

    private void stop(Block block) {
        blocks.removeFirst();
        if (block.kind == Kind.TOOL && !block.spoken) {
            block.waiting.frame("{}"); // Some clients need a piece of input, even of an empty one.
            write(block);
        }
        MessageEvents.begin("content_block_stop", out);
        out.name("index").number(block.index);
        MessageEvents.end(out);
    }

    /** Whether a JSON object that comes in pieces is complete. */
    private static final class Balance {
        private int depth;
        private boolean string;
        private boolean escape;
        private boolean began;

        void add(String piece) {
            for (int i = 0; i < piece.length(); i++) {
                char c = piece.charAt(i);
                if (escape) {
                    escape = false;
                } else if (string) {
                    escape = c == '\\';
                    string = c != '"';
                } else if (c == '"') {
                    string = true;
                } else if (c == '{' || c == '[') {
                    depth++;
                    began = true;
                } else if (c == '}' || c == ']') {
                    depth--;
                }
            }
        }

        boolean closed() {
            return began && depth <= 0;
        }
    }
}
