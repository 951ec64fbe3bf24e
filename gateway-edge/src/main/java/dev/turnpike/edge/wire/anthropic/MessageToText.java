package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.List;
import java.util.Optional;

/** A whole message, told as a completion of text. */
public final class MessageToText {
    private MessageToText() {}

    /**
     * @param meter told of the generated text, but only if the message reports no usage
     * @throws JsonFaultException if it is no message
     */
    public static WholeAnswer read(byte[] body, MessageView view, OutputMeter meter)
            throws JsonFaultException {
        var json = JsonView.check(body, 0, body.length);
        if (!json.isObject()) {
            throw new JsonFaultException(JsonFaultException.Reason.NOT_JSON, 0);
        }
        var message = json.members();
        if (ChatToMessages.typeIs(message, "error")) {
            return TranslatedAnswer.FAILED;
        }
        var usage = MessageJsonReply.usage(message.get("usage"));
        var text = new JsonOut(json.to() - json.from());
        var content = message.get("content");
        for (var block : content == null ? List.<JsonView>of() : content.elements()) {
            var said = block.members().get("text");
            if (ChatToMessages.typeIs(block.members(), "text") && said != null && said.isString()) {
                text.insides(said);
            }
            if (usage.isEmpty()) {
                MessageJsonReply.meter(block, meter);
            }
        }
        var finish = StopReasons.finishReason(JsonView.text(message, "stop_reason"));
        var out = new JsonOut(text.length() + 512);
        head(view, out).name("choices").array().object().name("text").insideOf(text);
        endChoice(finish, out).endArray();
        usage.ifPresent(counted -> out.name("usage").raw(counted.toChatJson()));
        out.endObject();
        List<ByteSlice> whole = List.of(out.slice());
        return new TranslatedAnswer(usage, Optional.of(finish), false, whole);
    }

    /** The beginning of a completion, and of each of its chunks. */
    static JsonOut head(MessageView view, JsonOut out) {
        out.object().member("id", "cmpl-" + view.requestId());
        out.member("object", "text_completion");
        out.name("created").number(view.createdSeconds());
        return out.member("model", view.publicModel());
    }

    /** What stands behind the text of a choice. */
    static JsonOut endChoice(String finishReason, JsonOut out) {
        out.name("index").number(0).name("logprobs").literal("null").name("finish_reason");
        if (finishReason.isEmpty()) {
            out.literal("null");
        } else {
            out.text(finishReason);
        }
        return out.endObject();
    }
}
