package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A whole message, told as a response. */
public final class MessageToResponse {
    private MessageToResponse() {}

    /**
     * @param meter told of the generated text, but only if the message reports no usage
     * @throws JsonFaultException if it is no message
     */
    public static WholeAnswer read(
            byte[] body, MessageView view, ResponseRequest asked, OutputMeter meter)
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
        var items = new ArrayList<ResponseItem>();
        var content = message.get("content");
        for (var block : content == null ? List.<JsonView>of() : content.elements()) {
            take(block, view, asked, items);
            if (usage.isEmpty()) {
                MessageJsonReply.meter(block, meter);
            }
        }
        var finish = StopReasons.finishReason(JsonView.text(message, "stop_reason"));
        var out = new JsonOut(json.to() - json.from() + 1_024);
        new ResponseDocument(view, asked).write(out, items, finish, usage.orElse(null));
        List<ByteSlice> whole = List.of(out.slice());
        return new TranslatedAnswer(
                usage, Optional.of(ResponseDocument.status(finish)), false, whole);
    }

    private static void take(
            JsonView block, MessageView view, ResponseRequest asked, List<ResponseItem> items) {
        var members = block.members();
        var kind = ResponseItem.kind(members, asked);
        if (kind == null) {
            return; // What tools of the provider did has no place in a response of ours.
        }
        var item = new ResponseItem(kind, items.size(), view.requestId(), members);
        var content = ResponseItem.content(members, kind);
        if (content != null && content.isString()) {
            item.inside.insides(content);
        } else if (kind == ResponseItem.Kind.CALL || kind == ResponseItem.Kind.TEXT_CALL) {
            var arguments = content == null ? "{}" : content.spelling();
            var quoted = JsonText.quote(arguments);
            item.inside.frame(quoted, 1, quoted.length - 2);
            if (kind == ResponseItem.Kind.TEXT_CALL) {
                item.unwrap();
            }
        }
        items.add(item);
    }
}
