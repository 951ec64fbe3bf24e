package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonFaultException.Reason;
import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The event stream of a message, told as the events of a response. */
public final class MessageStreamToResponse extends MessageToldStream {
    /** Items of one response. */
    static final int ITEMS_MAX = 4_096;

    /** What an answer may hold: its last event repeats all of it. */
    static final int ANSWER_BYTES_MAX = 16 << 20;

    private final ResponseDocument document;
    private final List<ResponseItem> items = new ArrayList<>();
    private final Map<Long, ResponseItem> open = new HashMap<>();
    private long sequence;
    private int held;
    private boolean begun;

    /**
     * @param meter told of all generated text
     * @param estimate asked when the upstream reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    public MessageStreamToResponse(
            MessageView view,
            ResponseRequest asked,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        super(view, meter, estimate, nanoTime);
        this.document = new ResponseDocument(view, asked);
    }

    @Override
    void begin() {
        if (begun) {
            return;
        }
        begun = true;
        for (var type : List.of("response.created", "response.in_progress")) {
            start(type).name("response");
            document.write(out, List.of(), null, null);
            end();
        }
    }

    /** Begins an event, whose other members may follow. */
    private JsonOut start(String type) {
        out.frame("event: " + type + "\ndata: ").object().member("type", type);
        return out.name("sequence_number").number(sequence++);
    }

    private void end() {
        out.endObject().frame("\n\n");
    }

    /** The same of an event about an item. */
    private JsonOut about(String type, ResponseItem item) {
        start(type).member("item_id", item.id);
        return out.name("output_index").number(item.place);
    }

    private JsonOut part(String type, ResponseItem item) {
        var place = item.kind == ResponseItem.Kind.MESSAGE ? "content_index" : "summary_index";
        return about(type, item).name(place).number(0);
    }

    @Override
    void blockStart(Map<String, JsonView> event) throws JsonFaultException {
        begin();
        var described = event.get("content_block");
        if (described == null || items.size() == ITEMS_MAX) {
            throw new JsonFaultException(Reason.TOO_MANY_VALUES, 0);
        }
        var block = described.members();
        var kind = ResponseItem.kind(block, document.asked());
        if (kind == null) {
            return; // What tools of the provider do has no place in a response of ours.
        }
        var item = new ResponseItem(kind, items.size(), view.requestId(), block);
        items.add(item);
        open.put(index(event), item);
        start("response.output_item.added").name("output_index").number(item.place).name("item");
        item.writeBegun(out);
        end();
        var content = ResponseItem.content(block, kind);
        switch (kind) {
            case MESSAGE -> {
                part("response.content_part.added", item).name("part");
                item.writePart(out);
                end();
                say(item, content);
            }
            case REASONING -> {
                if (content != null) { // Else it is redacted, and there is nothing to show.
                    part("response.reasoning_summary_part.added", item).name("part");
                    item.writePart(out);
                    end();
                    say(item, content);
                }
            }
            case CALL, TEXT_CALL -> {
                var name = block.get("name");
                if (name != null) {
                    generated(name);
                }
                if (content != null && !content.members().isEmpty()) {
                    var quoted = JsonText.quote(content.spelling());
                    say(item, JsonView.of(quoted, 0, quoted.length));
                }
            }
        }
    }

    @Override
    void blockDelta(Map<String, JsonView> event) {
        var item = open.get(index(event));
        var described = event.get("delta");
        if (item == null || described == null) {
            return;
        }
        var delta = described.members();
        switch (JsonView.text(delta, "type")) {
            case "text_delta" -> say(item, delta.get("text"));
            case "thinking_delta" -> say(item, delta.get("thinking"));
            case "input_json_delta" -> say(item, delta.get("partial_json"));
            case "signature_delta" -> item.sign(delta.get("signature"));
            default -> {
                // Citations and what is yet to come have no place in a response of ours.
            }
        }
    }

    private void say(ResponseItem item, @Nullable JsonView text) {
        if (text == null || !text.isString() || text.isEmptyString()) {
            return;
        }
        held += text.to() - text.from();
        if (held > ANSWER_BYTES_MAX) {
            fail(new StreamFailure.TooLarge());
            return;
        }
        generated(text);
        item.inside.insides(text);
        switch (item.kind) {
            case TEXT_CALL -> {
                return; // Its text is taken out of the arguments when they are whole.
            }
            case MESSAGE -> {
                part("response.output_text.delta", item).member("delta", text);
                out.name("logprobs").array().endArray();
            }
            case REASONING ->
                    part("response.reasoning_summary_text.delta", item).member("delta", text);
            case CALL ->
                    about("response.function_call_arguments.delta", item).member("delta", text);
        }
        end();
    }

    private void complete(ResponseItem item) {
        if (item.ended) {
            return;
        }
        item.ended = true;
        switch (item.kind) {
            case MESSAGE -> {
                part("response.output_text.done", item).name("text").insideOf(item.inside);
                out.name("logprobs").array().endArray();
                end();
                part("response.content_part.done", item).name("part");
                item.writePart(out);
                end();
            }
            case REASONING -> {
                if (item.inside.length() > 0) {
                    part("response.reasoning_summary_text.done", item).name("text");
                    out.insideOf(item.inside);
                    end();
                    part("response.reasoning_summary_part.done", item).name("part");
                    item.writePart(out);
                    end();
                }
            }
            case CALL -> {
                if (item.inside.length() == 0) {
                    item.inside.frame("{}");
                }
                about("response.function_call_arguments.done", item);
                out.name("arguments").insideOf(item.inside);
                end();
            }
            case TEXT_CALL -> {
                item.unwrap();
                about("response.custom_tool_call_input.delta", item);
                out.name("delta").insideOf(item.inside);
                end();
                about("response.custom_tool_call_input.done", item);
                out.name("input").insideOf(item.inside);
                end();
            }
        }
        start("response.output_item.done").name("output_index").number(item.place).name("item");
        item.write(out, "completed", document.asked().signed());
        end();
    }

    @Override
    void blockStop(Map<String, JsonView> event) {
        var item = open.remove(index(event));
        if (item != null) {
            complete(item);
        }
    }

    @Override
    void finished(String reason, Map<String, JsonView> delta) {
        begin();
        items.forEach(this::complete);
        open.clear();
    }

    @Override
    void writeEnd(RawUsage counted) {
        begin();
        items.forEach(this::complete);
        var given = finish();
        var reason = given == null ? "stop" : given;
        start("response." + ResponseDocument.status(reason)).name("response");
        document.write(out, items, reason, counted);
        end();
    }

    @Override
    void writeError(ErrorBody error) {
        out.frame("event: error\ndata: ").object().member("type", "error").name("code");
        optional(error.code());
        out.member("message", error.message()).name("param");
        optional(error.param());
        out.name("sequence_number").number(sequence++);
        end();
    }

    private void optional(@Nullable String text) {
        if (text == null) {
            out.literal("null");
        } else {
            out.text(text);
        }
    }

    @Override
    @Nullable String finishReason() {
        var reason = finish();
        return reason == null ? null : ResponseDocument.status(reason);
    }
}
