package dev.turnpike.edge.wire.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamEnd;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.runtime.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Translations as trees, and streams as lists of events, for tests. */
final class Said {
    static final MessageView VIEW = new MessageView("acme/chat", "claude-x", "req_1", 7, false);
    static final MessageView WITH_USAGE =
            new MessageView("acme/chat", "claude-x", "req_1", 7, true);

    private Said() {}

    /** JSON with single quotes, as bytes. */
    static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    static JsonNode tree(byte[] bytes) {
        return Json.parse(bytes);
    }

    static JsonNode toMessages(String chat, String model) throws BodyFaultException {
        return tree(translation(chat, model).body().utf8().getBytes(StandardCharsets.UTF_8));
    }

    static JsonNode toMessages(String chat) throws BodyFaultException {
        return toMessages(chat, "claude-sonnet-4-5");
    }

    static Translation translation(String chat, String model) throws BodyFaultException {
        var body = json(chat);
        return ChatToMessages.translate(body, 0, body.length, model);
    }

    static JsonNode toChat(String messages, MessagesToChat.Terms terms) throws BodyFaultException {
        var body = json(messages);
        var chat = MessagesToChat.translate(body, 0, body.length, terms).body();
        return tree(chat.utf8().getBytes(StandardCharsets.UTF_8));
    }

    static JsonNode toChat(String messages) throws BodyFaultException {
        return toChat(messages, new MessagesToChat.Terms("some-model", false, Set.of()));
    }

    /**
     * What a client gets of a stream.
     *
     * @param text all bytes, the tail included
     */
    record Seen(String text, StreamEnd end) {
        /** The data of each event, {@code [DONE]} left out. */
        List<JsonNode> data() {
            var data = new ArrayList<JsonNode>();
            for (var line : text.split("\n", -1)) {
                if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
                    data.add(tree(line.substring(6).getBytes(StandardCharsets.UTF_8)));
                }
            }
            return data;
        }

        /** The names of the events. */
        List<String> names() {
            return text.lines()
                    .filter(line -> line.startsWith("event: "))
                    .map(line -> line.substring(7))
                    .toList();
        }

        /** All pieces of a text, joined. */
        String joined(String pointer) {
            var joined = new StringBuilder();
            data().forEach(each -> joined.append(each.at(pointer).asText("")));
            return joined.toString();
        }
    }

    static RawUsage estimate() {
        return new RawUsage(100, 0, 0, 50, 0, false);
    }

    /** Sends a stream through in pieces of {@code size} bytes, to its proper end. */
    static Seen relayed(StreamRelay relay, String stream, int size) throws IOException {
        return relayed(relay, stream, size, true);
    }

    static Seen relayed(StreamRelay relay, String stream, int size, boolean clean)
            throws IOException {
        var out = new ByteArrayOutputStream();
        var bytes = stream.getBytes(StandardCharsets.UTF_8);
        boolean more = true;
        for (int at = 0; more && at < bytes.length; ) {
            int count = Math.min(Math.min(size, relay.room()), bytes.length - at);
            if (count == 0) {
                break;
            }
            System.arraycopy(bytes, at, relay.array(), relay.offset(), count);
            at += count;
            more = relay.relay(count, out::write);
        }
        return ended(out, relay.conclude(clean));
    }

    static Seen aborted(StreamRelay relay, ErrorBody shown) {
        return ended(new ByteArrayOutputStream(), relay.abort(shown));
    }

    private static Seen ended(ByteArrayOutputStream out, StreamEnd end) {
        out.writeBytes(end.tail().utf8().getBytes(StandardCharsets.UTF_8));
        return new Seen(out.toString(StandardCharsets.UTF_8), end);
    }

    /** An Anthropic event with single quotes in its data. */
    static String event(String type, String members) {
        var more = members.isEmpty() ? "" : "," + members;
        return "event: "
                + type
                + "\ndata: "
                + ("{'type':'" + type + "'" + more + "}").replace('\'', '"')
                + "\n\n";
    }

    /** An OpenAI chunk with this delta. */
    static String chunk(String delta) {
        return data(
                "{'id':'c1','object':'chat.completion.chunk','created':1,'model':'m','choices':"
                        + "[{'index':0,'delta':"
                        + delta
                        + ",'finish_reason':null}]}");
    }

    static String finish(String reason) {
        return data(
                "{'id':'c1','object':'chat.completion.chunk','created':1,'model':'m','choices':"
                        + "[{'index':0,'delta':{},'finish_reason':'"
                        + reason
                        + "'}]}");
    }

    static String data(String json) {
        return "data: " + json.replace('\'', '"') + "\n\n";
    }
}
