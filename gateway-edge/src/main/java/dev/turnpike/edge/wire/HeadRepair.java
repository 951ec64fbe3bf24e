package dev.turnpike.edge.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the members that stand at the head of an answer: the model gets its public name, and
 * an id, an object or a time that is missing, null, empty or of a wrong type is filled in, since
 * strict clients fail without. All chunks of a stream get the id of the first. Where nothing is
 * missing nothing is allocated. One answer or one stream, one thread.
 */
final class HeadRepair {
    private static final int ID = 0;
    private static final int OBJECT = 1;
    private static final int CREATED = 2;
    private static final int MODEL = 3;
    private static final int MEMBERS = 4;

    /** Longest time that is believed, in digits: milliseconds are sent as well. */
    private static final int CREATED_DIGITS_MAX = 15;

    /** Longest fraction of a second that is passed on, with its point. */
    private static final int FRACTION_CHARS_MAX = 10;

    private final AnswerHead head;
    private final byte[] publicModel;
    private final @Nullable UnaryOperator<String> ids;
    private final boolean pieces;
    private final int needed;
    private final int[] froms = new int[MEMBERS];
    private final int[] tos = new int[MEMBERS];
    private byte[] json = {};
    private int there;
    private byte @Nullable [] id;
    private byte @Nullable [] created;
    private int sound;

    /**
     * @param publicModel as it stands in JSON
     * @param ids gives the identity under which a client knows an answer; null where identities
     *     pass
     * @param pieces whether the answer comes in several pieces, which all have a head
     */
    HeadRepair(
            AnswerHead head,
            byte[] publicModel,
            @Nullable UnaryOperator<String> ids,
            boolean pieces) {
        this.head = head;
        this.publicModel = publicModel;
        this.ids = ids;
        this.pieces = pieces;
        var kind = head.kind();
        this.needed =
                (kind.idStart == null ? 0 : 1 << ID)
                        | (kind.object == null ? 0 : 1 << OBJECT)
                        | (kind.createdName == null ? 0 : 1 << CREATED)
                        | (kind == AnswerHead.Kind.OTHER ? 0 : 1 << MODEL);
    }

    /** Begins an answer, or the next piece of one. */
    void begin() {
        there = 0;
        sound = 0;
    }

    /**
     * Takes one member, whose value stands at {@code from} to {@code to}. Of several with one name
     * the last counts, as it does for clients.
     *
     * @return whether it is one of those that are looked after here
     */
    boolean take(byte[] json, int name, int nameTo, int from, int to, Edits edits) {
        int which = which(json, name, nameTo);
        if (which < 0) {
            return false;
        }
        boolean good =
                switch (which) {
                    case CREATED -> time(json, from, to);
                    case MODEL -> {
                        edits.replace(from, to, publicModel);
                        yield true;
                    }
                    default -> string(json, from, to);
                };
        this.json = json;
        froms[which] = from;
        tos[which] = to;
        there |= 1 << which;
        sound = good ? sound | 1 << which : sound & ~(1 << which);
        return true;
    }

    /**
     * Fills in what is missing, and remembers what the next piece has to say the same of. It is not
     * called for a piece that nobody gets to see.
     *
     * @param open first byte inside the object
     * @param more whether the object has other members that stay
     */
    void finish(Edits edits, int open, boolean more) {
        if (has(ID)) {
            known(edits);
        }
        if (has(CREATED) && pieces && created == null && json[froms[CREATED]] != '0') {
            created = Arrays.copyOfRange(json, froms[CREATED], tos[CREATED]);
        }
        int missing = needed & ~sound;
        if (missing != 0) {
            repair(missing, edits, open, more);
        }
    }

    /** The id of the answer, as it stands in JSON. */
    byte[] id() {
        var known = id;
        if (known == null) {
            known = JsonText.quote(head.kind().idStart + head.requestId());
            id = known;
        }
        return known;
    }

    /** When the answer began, as it stands in JSON. */
    byte[] created() {
        var known = created;
        if (known == null) {
            known = ascii(Long.toString(head.createdSeconds()));
            created = known;
        }
        return known;
    }

    private void repair(int missing, Edits edits, int open, boolean more) {
        var inserted = new ByteArrayOutputStream(160);
        for (int which = 0; which < MEMBERS; which++) {
            if ((missing & 1 << which) == 0) {
                continue;
            }
            if ((there & 1 << which) != 0) {
                edits.replace(froms[which], tos[which], value(which));
                continue;
            }
            var comma = inserted.size() == 0 ? "" : ",";
            inserted.writeBytes(ascii(comma + '"' + name(which) + "\":"));
            inserted.writeBytes(value(which));
        }
        if (inserted.size() > 0) {
            if (more) {
                inserted.write(',');
            }
            edits.insert(open, inserted.toByteArray());
        }
    }

    private byte[] value(int which) {
        return switch (which) {
            case ID -> id();
            case CREATED -> created();
            case MODEL -> publicModel;
            default -> ascii('"' + String.valueOf(head.kind().object) + '"');
        };
    }

    private String name(int which) {
        return switch (which) {
            case ID -> "id";
            case CREATED -> String.valueOf(head.kind().createdName);
            case MODEL -> "model";
            default -> "object";
        };
    }

    private int which(byte[] json, int name, int nameTo) {
        var createdName = head.kind().createdName;
        if (JsonText.is(json, name, nameTo, "id")) {
            return ID;
        } else if (JsonText.is(json, name, nameTo, "model")) {
            return MODEL;
        } else if (JsonText.is(json, name, nameTo, "object")) {
            return OBJECT;
        }
        return createdName != null && JsonText.is(json, name, nameTo, createdName) ? CREATED : -1;
    }

    private boolean has(int which) {
        return (sound & 1 << which) != 0;
    }

    /** Remembers the first id; others become what was shown before. */
    private void known(Edits edits) {
        int from = froms[ID];
        int to = tos[ID];
        var first = id;
        if (ids != null) {
            var shown = JsonText.quote(ids.apply(JsonText.decode(json, from + 1, to - 1)));
            edits.replace(from, to, shown);
            id = shown; // The one under which the response is known.
        } else if (first == null) {
            id = pieces ? Arrays.copyOfRange(json, from, to) : null;
        } else if (!Arrays.equals(json, from, to, first, 0, first.length)) {
            edits.replace(from, to, first);
        }
    }

    /** Whether a string stands there that is not empty. */
    private static boolean string(byte[] json, int from, int to) {
        return json[from] == '"' && to - from > 2;
    }

    /** Whether a time stands there: a whole number; that of a response may have a fraction. */
    private boolean time(byte[] json, int from, int to) {
        int end = from;
        while (end < to && json[end] >= '0' && json[end] <= '9') {
            end++;
        }
        if (end == from || end - from > CREATED_DIGITS_MAX) {
            return false;
        }
        return end == to
                || (head.kind() == AnswerHead.Kind.RESPONSE
                        && json[end] == '.'
                        && to - end <= FRACTION_CHARS_MAX
                        && digits(json, end + 1, to));
    }

    private static boolean digits(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] < '0' || json[i] > '9') {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
