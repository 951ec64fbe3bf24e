package dev.turnpike.edge.wire;

/** The text is not JSON as we accept it. Expected, so it carries no stack trace and no text. */
public final class JsonFaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final int offset;

    /** What was wrong. */
    public enum Reason {
        NOT_JSON("the body is not valid JSON"),
        TRAILING_DATA("there is something behind the JSON value"),
        NOT_UTF8("the body is not valid UTF-8"),
        LONE_SURROGATE("a string holds half of a surrogate pair"),
        TOO_DEEP("the JSON is nested too deeply"),
        TOO_MANY_VALUES("the JSON holds too many values"),
        NUMBER_TOO_LONG("a number is too long"),
        NAME_TOO_LONG("a name is too long"),
        DUPLICATE_NAME("an object holds the same name twice");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }

        /** For people; without a full stop. */
        public String sentence() {
            return sentence;
        }
    }

    /**
     * @param offset index of the byte at which it was noticed
     */
    public JsonFaultException(Reason reason, int offset) {
        super(reason + " at byte " + offset, null, false, false);
        this.reason = reason;
        this.offset = offset;
    }

    public Reason reason() {
        return reason;
    }

    public int offset() {
        return offset;
    }
}
