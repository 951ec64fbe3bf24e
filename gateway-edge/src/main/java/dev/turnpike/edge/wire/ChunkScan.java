package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.JsonFaultException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one chunk of a completion stream and collects the edits that make it fit for clients: the
 * public model name, usage taken out, and the repairs of known upstream faults. It carries what was
 * seen of each choice from chunk to chunk. One stream, one thread.
 */
final class ChunkScan {
    private static final byte[] STOP = ascii("\"stop\"");
    private static final byte[] NULL = ascii("null");
    private static final byte[] EMPTY_ARRAY = ascii("[]");
    private static final byte[] CHOICES = ascii("\"choices\":[],");
    private static final int CHOICES_MAX = 128;

    private final boolean wantsUsage;
    private final OutputMeter meter;
    private final JsonCursor cursor = JsonCursor.lenient(new byte[0], 0, 0);
    private final JsonCursor ahead = JsonCursor.lenient(new byte[0], 0, 0);
    private final List<ChoiceTrack> choices = new ArrayList<>();
    private final List<ObjectMember> usageMembers = new ArrayList<>(1);
    private byte[] json = {};
    private int to;

    final Edits edits = new Edits();
    boolean hasChoices;
    boolean hasText;
    boolean hasPayload;
    private boolean choicesNamed;
    @Nullable ByteRange error;
    @Nullable ByteRange usage;
    @Nullable String finishReason;
    final HeadRepair head;
    private int kept;

    ChunkScan(AnswerHead head, byte[] publicModel, boolean wantsUsage, OutputMeter meter) {
        this.head = new HeadRepair(head, publicModel, null, true);
        this.wantsUsage = wantsUsage;
        this.meter = meter;
    }

    List<ChoiceTrack> choices() {
        return choices;
    }

    /**
     * @throws JsonFaultException if the chunk is no JSON object of the expected shape
     */
    void read(byte[] bytes, int from, int end) throws JsonFaultException {
        json = bytes;
        to = end;
        cursor.reset(bytes, from, end);
        edits.clear();
        head.begin();
        usageMembers.clear();
        hasChoices = false;
        hasText = false;
        hasPayload = false;
        choicesNamed = false;
        error = null;
        usage = null;
        cursor.enterObject();
        int open = cursor.position();
        kept = open;
        while (cursor.nextName()) {
            member();
        }
        cursor.end();
        settleUsage();
        if (!hasChoices && !hasPayload && usage == null) {
            return; // Nobody gets to see it, so that it is not where the stream has its id from.
        }
        head.finish(edits, open, true);
        if (!choicesNamed) {
            edits.insert(open, CHOICES);
        }
    }

    private void member() throws JsonFaultException {
        int nameFrom = cursor.textFrom() - 1;
        int name = cursor.textFrom();
        int nameTo = cursor.textTo();
        int from = cursor.position();
        byte first = cursor.peek();
        boolean keeps = true;
        if (JsonText.is(json, name, nameTo, "choices")) {
            choicesNamed = true;
            choices(first);
        } else {
            cursor.skipValue();
            var member = memberAt(nameFrom, from, kept);
            if (JsonText.is(json, name, nameTo, "usage")) {
                keeps = usage(member, first);
            } else if (JsonText.is(json, name, nameTo, "error")) {
                keeps = error(member, first);
            } else if (ProviderMarks.names(json, name, nameTo)) {
                member.removeFrom(edits);
                keeps = false;
            } else if (!head.take(json, name, nameTo, from, cursor.position(), edits)) {
                other(name, nameTo, first);
            }
        }
        if (keeps) {
            kept = cursor.position();
        }
    }

    private ObjectMember memberAt(int nameFrom, int valueFrom, int keptBefore) {
        return new ObjectMember(
                nameFrom,
                new ByteRange(valueFrom, cursor.position()),
                keptBefore,
                cursor.commaAfter());
    }

    private boolean usage(ObjectMember member, byte first) {
        if (first == '{') {
            usage = member.value();
        }
        if (wantsUsage) {
            if (first == '{') {
                usageMembers.add(member);
            }
            return true;
        }
        usageMembers.add(member);
        return false;
    }

    private boolean error(ObjectMember member, byte first) {
        if (first == 'n') {
            member.removeFrom(edits);
            return false;
        }
        error = member.value();
        return true;
    }

    private void other(int name, int nameTo, byte first) {
        hasPayload |=
                first != 'n'
                        && !JsonText.is(json, name, nameTo, "system_fingerprint")
                        && !JsonText.is(json, name, nameTo, "service_tier");
    }

    /** Usage leaves every chunk but the one that the relay sends itself. */
    private void settleUsage() {
        for (int i = 0; i < usageMembers.size(); i++) {
            var member = usageMembers.get(i);
            if (!wantsUsage) {
                member.removeFrom(edits);
            } else if (hasChoices) {
                edits.replace(member.value().from(), member.value().to(), NULL);
            }
        }
    }

    private void choices(byte first) throws JsonFaultException {
        if (first == 'n') {
            int from = cursor.position();
            cursor.skipValue();
            edits.replace(from, cursor.position(), EMPTY_ARRAY);
            return;
        }
        cursor.enterArray();
        int place = 0;
        while (cursor.nextElement()) {
            hasChoices = true;
            choice(place++);
        }
    }

    private void choice(int place) throws JsonFaultException {
        int open = cursor.position() + 1;
        int index = peekIndex(cursor.position());
        var track = track(index < 0 ? place : index);
        boolean empty = true;
        boolean indexNamed = false;
        cursor.enterObject();
        while (cursor.nextName()) {
            empty = false;
            if (cursor.textIs("index")) {
                indexNamed = true;
                index(place);
            } else {
                choiceMember(track);
            }
        }
        if (!indexNamed) {
            edits.insert(open, ascii("\"index\":" + place + (empty ? "" : ",")));
        }
    }

    private void index(int place) throws JsonFaultException {
        int from = cursor.position();
        boolean absent = cursor.peek() == 'n';
        cursor.skipValue();
        if (absent) {
            edits.replace(from, cursor.position(), ascii(Integer.toString(place)));
        }
    }

    private void choiceMember(ChoiceTrack track) throws JsonFaultException {
        if (cursor.textIs("delta") && cursor.peek() == '{') {
            new DeltaScan(json, cursor, edits, track, this::text).read();
        } else if (cursor.textIs("text") && cursor.peek() == '"') {
            cursor.string();
            text(json, cursor.textFrom(), cursor.textTo());
        } else if (cursor.textIs("finish_reason") && cursor.peek() == '"') {
            finish(track);
        } else if (cursor.textIs("usage") && cursor.peek() == '{' && usage == null) {
            int from = cursor.position();
            cursor.skipValue();
            usage = new ByteRange(from, cursor.position());
        } else {
            cursor.skipValue();
        }
    }

    /** The index is needed before the delta, wherever it stands; mostly it stands first. */
    private int peekIndex(int from) throws JsonFaultException {
        ahead.reset(json, from, to);
        ahead.enterObject();
        while (ahead.nextName()) {
            boolean found = ahead.textIs("index");
            int value = ahead.position();
            ahead.skipValue();
            if (found) {
                return smallNumber(json, value, ahead.position());
            }
        }
        return -1;
    }

    /** A whole number of at most six digits, or -1. */
    static int smallNumber(byte[] json, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = json[i] - '0';
            if (digit < 0 || digit > 9 || i - from > 5) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return from == to ? -1 : value;
    }

    private void finish(ChoiceTrack track) throws JsonFaultException {
        int from = cursor.position();
        cursor.string();
        if (cursor.textIs("abort")) {
            edits.replace(from, cursor.position(), STOP);
            finishReason = "stop";
        } else if (cursor.textTo() > cursor.textFrom()) {
            finishReason = cursor.text();
        } else {
            return;
        }
        track.finished = true;
    }

    private void text(byte[] bytes, int from, int to) {
        if (to > from) {
            hasText = true;
            meter.onText(bytes, from, to);
        }
    }

    private ChoiceTrack track(int index) throws JsonFaultException {
        for (int i = 0; i < choices.size(); i++) {
            if (choices.get(i).index == index) {
                return choices.get(i);
            }
        }
        if (choices.size() == CHOICES_MAX) {
            throw new JsonFaultException(Reason.TOO_MANY_VALUES, cursor.position());
        }
        var track = new ChoiceTrack(index);
        choices.add(track);
        return track;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
