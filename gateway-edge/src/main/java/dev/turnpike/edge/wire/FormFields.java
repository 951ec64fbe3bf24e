package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import dev.turnpike.edge.wire.MultipartParser.End;
import dev.turnpike.edge.wire.MultipartParser.Head;
import dev.turnpike.edge.wire.MultipartParser.Piece;
import dev.turnpike.edge.wire.MultipartParser.Value;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a body with files that matter here: which model, and whether to stream. It is shown
 * every piece before anybody else is, and refuses what could make a target see another model: the
 * field twice, as a file, coded, or under a name that some take for the same. One thread.
 */
public final class FormFields {
    private static final String MODEL = "model";
    private static final String STREAM = "stream";
    private static final Set<String> KNOWN = Set.of(MODEL, STREAM);

    /** Changes how some readers read all other fields. */
    private static final String CHARSET = "_charset_";

    private static final int STREAM_BYTES_MAX = 16;
    private static final int UTF8_BYTES_MAX = 4;

    private final ByteArrayOutputStream collected = new ByteArrayOutputStream(32);
    private @Nullable String field;
    private @Nullable String model;
    private @Nullable String stream;
    private boolean ended;

    /**
     * Looks at the next piece of the body.
     *
     * @throws BodyFaultException if it must not go on
     */
    public void take(Piece piece) throws BodyFaultException {
        switch (piece) {
            case Head(var _, var part) -> {
                finish();
                begin(part);
            }
            case Value(var bytes) -> collect(bytes);
            case End _ -> {
                finish();
                ended = true;
            }
        }
    }

    private void begin(PartHead part) throws BodyFaultException {
        var name = part.name();
        var plainly = folded(name);
        if (plainly.equals(CHARSET)) {
            throw new BodyFaultException(
                    Reason.UNSUPPORTED_PARAMETER, CHARSET, "a field changes how others are read");
        }
        if (!KNOWN.contains(plainly)) {
            return;
        }
        if (!plainly.equals(name)) {
            throw new BodyFaultException(
                    Reason.UNKNOWN_PARAMETER, plainly, "a parameter is not spelled as documented");
        }
        if ((name.equals(MODEL) ? model : stream) != null) {
            throw new BodyFaultException(
                    Reason.DUPLICATE_PARAMETER, name, "the body holds '" + name + "' twice");
        }
        if (part.file() || !part.plain()) {
            throw new BodyFaultException(
                    Reason.INVALID_TYPE, name, "'" + name + "' must be a plain field");
        }
        field = name;
    }

    /** A name as the most forgiving reader takes it: {@code " Model[0]"} is {@code model}. */
    private static String folded(String name) {
        int bracket = name.indexOf('[');
        var stem = bracket < 0 ? name : name.substring(0, bracket);
        return stem.strip().toLowerCase(Locale.ROOT);
    }

    private void collect(ByteSlice bytes) throws BodyFaultException {
        var name = field;
        if (name == null) {
            return;
        }
        int most =
                name.equals(MODEL)
                        ? ChatRequestReader.MODEL_CHARS_MAX * UTF8_BYTES_MAX
                        : STREAM_BYTES_MAX;
        if (collected.size() + bytes.length() > most) {
            throw new BodyFaultException(
                    Reason.STRING_ABOVE_MAX_LENGTH, name, "'" + name + "' is too long");
        }
        collected.write(bytes.array(), bytes.offset(), bytes.length());
    }

    private void finish() throws BodyFaultException {
        var name = field;
        if (name == null) {
            return;
        }
        var value = text(name, collected.toByteArray()).strip();
        collected.reset();
        field = null;
        if (name.equals(STREAM)) {
            stream = value;
        } else if (value.isEmpty() || value.length() > ChatRequestReader.MODEL_CHARS_MAX) {
            throw new BodyFaultException(
                    value.isEmpty() ? Reason.EMPTY_STRING : Reason.STRING_ABOVE_MAX_LENGTH,
                    MODEL,
                    "'model' must have 1 to " + ChatRequestReader.MODEL_CHARS_MAX + " characters");
        } else {
            model = value;
        }
    }

    private static String text(String name, byte[] bytes) throws BodyFaultException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new BodyFaultException(Reason.INVALID_VALUE, name, "'" + name + "' is no text");
        }
    }

    /** Whether the value of the model is being read. */
    public boolean inModel() {
        return MODEL.equals(field);
    }

    /** The model, once its part is over. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** Whether the answer is to be a stream, as far as has been read. */
    public boolean stream() {
        return "true".equalsIgnoreCase(stream);
    }

    /** Whether the body was read to its proper end. */
    public boolean ended() {
        return ended;
    }
}
