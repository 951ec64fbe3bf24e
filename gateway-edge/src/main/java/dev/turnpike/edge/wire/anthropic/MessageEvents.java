package dev.turnpike.edge.wire.anthropic;

import java.nio.charset.StandardCharsets;

/** The frame of events as Anthropic writes them: a name, and the same again as the data's type. */
final class MessageEvents {
    /** Sent in silence; every client of this API skips it. */
    static final byte[] PING =
            "event: ping\ndata: {\"type\":\"ping\"}\n\n".getBytes(StandardCharsets.US_ASCII);

    static final String STOP = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private MessageEvents() {}

    /** Begins an event; its other members follow. */
    static void begin(String type, JsonOut out) {
        out.frame("event: ").frame(type).frame("\ndata: ").object().member("type", type);
    }

    static void end(JsonOut out) {
        out.endObject().frame("\n\n");
    }
}
