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

    private final AnswerHead head;
    private final byte[] publicModel;
    private final @Nullable UnaryOperator<String> ids;
    private final boolean pieces;
    private final int needed;
    private @Nullable ByteRange @Nullable [] bad;
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
        bad = null;
        sound = 0;
    }

    /**
     * Takes one member, whose value stands at {@code from} to {@code to}.
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
                    case ID -> string(json, from, to) && known(json, from, to, edits);
                    case CREATED -> time(json, from, to);
                    case MODEL -> {
                        edits.replace(from, to, publicModel);
                        yield true;
                    }
                    default -> string(json, from, to);
                };
        if (good) {
            sound |= 1 << which;
        } else {
            bad = bad == null ? new @Nullable ByteRange[MEMBERS] : bad;
            bad[which] = new ByteRange(from, to);
        }
        return true;
    }

    /**
     * Fills in what is missing.
     *
     * @param open first byte inside the object
     * @param more whether the object has other members that stay
     */
    void finish(Edits edits, int open, boolean more) {
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
            var there = bad == null ? null : bad[which];
            if (there != null) {
                edits.replace(there.from(), there.to(), value(which));
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

    /** Remembers the first id; others become what was shown before. */
    private boolean known(byte[] json, int from, int to, Edits edits) {
        var first = id;
        if (ids != null) {
            var shown = ids.apply(JsonText.decode(json, from + 1, to - 1));
            edits.replace(from, to, JsonText.quote(shown));
        } else if (first == null) {
            id = pieces ? Arrays.copyOfRange(json, from, to) : null;
        } else if (!Arrays.equals(json, from, to, first, 0, first.length)) {
            edits.replace(from, to, first);
        }
        return true;
    }

    /** Whether a string stands there that is not empty. */
    private static boolean string(byte[] json, int from, int to) {
        return json[from] == '"' && to - from > 2;
    }

    /** Whether a whole number stands there. */
    private boolean time(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] < '0' || json[i] > '9') {
                return false;
            }
        }
        if (to - from > CREATED_DIGITS_MAX) {
            return false;
        }
        if (created == null && pieces) {
            created = Arrays.copyOfRange(json, from, to);
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
