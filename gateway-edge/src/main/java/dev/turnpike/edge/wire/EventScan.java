package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.EventRelay.EventView;
import org.jspecify.annotations.Nullable;

/** Reads one event of a stream that {@link EventRelay} relays. One stream, one thread. */
final class EventScan {
    private static final int TYPE_CHARS_MAX = 64;

    private final EventView view;
    private final byte[] publicModel;
    private final ProviderMarks marks;
    private final HeadRepair head;
    private final OutputMeter meter;
    private final JsonCursor cursor = JsonCursor.lenient(new byte[0], 0, 0);
    private byte[] json = {};

    final Edits edits = new Edits();
    @Nullable String type;
    @Nullable String status;
    @Nullable ByteRange usage;
    boolean hasText;
    boolean terminal;
    boolean failed;
    long sequence = -1;

    EventScan(EventView view, OutputMeter meter) {
        this.view = view;
        this.publicModel = JsonText.quote(view.publicModel());
        this.marks =
                new ProviderMarks(view.targetModel(), view.publicModel(), view.genericErrors());
        this.head = new HeadRepair(view.head(), publicModel, view.responseIds(), true);
        this.meter = meter;
    }

    /**
     * @throws JsonFaultException if the event is no JSON object
     */
    void read(byte[] bytes, int from, int to) throws JsonFaultException {
        json = bytes;
        cursor.reset(bytes, from, to);
        edits.clear();
        type = null;
        usage = null;
        hasText = false;
        failed = false;
        boolean errorOnly = false;
        cursor.enterObject();
        int kept = cursor.position();
        while (cursor.nextName()) {
            if (markedFrom(kept)) {
                continue;
            }
            if (cursor.textIs("response") && cursor.peek() == '{') {
                response();
            } else if (cursor.textIs("error")) {
                errorOnly |= cursor.peek() != 'n';
                marks.cleanError(json, cursor, edits);
            } else {
                member();
            }
            kept = cursor.position();
        }
        cursor.end();
        settle(errorOnly);
    }

    /** Takes the member at the cursor out if it is one that providers add in their own name. */
    private boolean markedFrom(int kept) throws JsonFaultException {
        if (!ProviderMarks.names(json, cursor.textFrom(), cursor.textTo())) {
            return false;
        }
        int nameFrom = cursor.textFrom() - 1;
        int from = cursor.position();
        cursor.skipValue();
        var value = new ByteRange(from, cursor.position());
        new ObjectMember(nameFrom, value, kept, cursor.commaAfter()).removeFrom(edits);
        return true;
    }

    private void settle(boolean errorOnly) {
        var kind = type == null ? "" : type;
        terminal =
                switch (kind) {
                    case "response.completed", "response.incomplete", "response.failed" -> true;
                    default -> false;
                };
        if (terminal) {
            status = kind.substring("response.".length());
        }
        failed = kind.equals("response.failed") || kind.equals("error") || errorOnly;
    }

    private void member() throws JsonFaultException {
        int from = cursor.position();
        byte first = cursor.peek();
        if (cursor.textIs("type") && first == '"') {
            cursor.string();
            type = cursor.textTo() - cursor.textFrom() > TYPE_CHARS_MAX ? null : cursor.text();
        } else if (cursor.textIs("delta") && first == '"') {
            cursor.string();
            text();
        } else if (cursor.textIs("usage") && first == '{') {
            cursor.skipValue();
            usage = new ByteRange(from, cursor.position());
        } else if (cursor.textIs("model") && first == '"') {
            cursor.skipValue();
            edits.replace(from, cursor.position(), publicModel);
        } else if (cursor.textIs("sequence_number")) {
            cursor.skipValue();
            sequence = ChunkScan.smallNumber(json, from, cursor.position());
        } else {
            cursor.skipValue();
        }
    }

    private void text() {
        if (cursor.textTo() > cursor.textFrom()) {
            hasText = true;
            meter.onText(json, cursor.textFrom(), cursor.textTo());
        }
    }

    private void response() throws JsonFaultException {
        cursor.enterObject();
        head.begin();
        int open = cursor.position();
        int kept = open;
        while (cursor.nextName()) {
            if (markedFrom(kept)) {
                continue;
            }
            int name = cursor.textFrom();
            int nameTo = cursor.textTo();
            int from = cursor.position();
            byte first = cursor.peek();
            if (cursor.textIs("error")) {
                marks.cleanError(json, cursor, edits);
                kept = cursor.position();
                continue;
            }
            cursor.skipValue();
            kept = cursor.position();
            if (head.take(json, name, nameTo, from, kept, edits)) {
                continue;
            }
            if (first == '"' && JsonText.is(json, name, nameTo, "previous_response_id")) {
                var known = JsonText.decode(json, from + 1, kept - 1);
                edits.replace(from, kept, JsonText.quote(view.responseIds().apply(known)));
            } else if (first == '{' && JsonText.is(json, name, nameTo, "usage")) {
                usage = new ByteRange(from, kept);
            }
        }
        head.finish(edits, open, kept > open);
    }
}
