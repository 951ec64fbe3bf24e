package dev.turnpike.edge.wire;

/** Finds the text that a model is to read within messages, prompts and inputs. */
final class PromptWalker {
    private static final NameTable TEXT =
            NameTable.of(
                    "content",
                    "text",
                    "arguments",
                    "name",
                    "refusal",
                    "reasoning",
                    "reasoning_content",
                    "thinking",
                    "output");

    private static final NameTable ATTACHMENT =
            NameTable.of("image_url", "input_audio", "file", "source", "file_data");

    private final OutputMeter visitor;
    private int numbers;
    private int attachments;

    PromptWalker(OutputMeter visitor) {
        this.visitor = visitor;
    }

    int numbers() {
        return numbers;
    }

    int attachments() {
        return attachments;
    }

    /**
     * Walks over the next value. Depth is bounded by the cursor.
     *
     * @param textual whether a string here is text
     */
    void value(byte[] json, JsonCursor cursor, boolean textual) throws JsonFaultException {
        switch (cursor.peek()) {
            case '{' -> {
                cursor.enterObject();
                while (cursor.nextName()) {
                    member(json, cursor);
                }
            }
            case '[' -> {
                cursor.enterArray();
                while (cursor.nextElement()) {
                    value(json, cursor, textual);
                }
            }
            case '"' -> {
                cursor.string();
                if (textual) {
                    visitor.onText(json, cursor.textFrom(), cursor.textTo());
                }
            }
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                numbers += textual ? 1 : 0;
                cursor.skipValue();
            }
            default -> cursor.skipValue();
        }
    }

    /** Walks over the value of a member whose name was just read. */
    void member(byte[] json, JsonCursor cursor) throws JsonFaultException {
        int from = cursor.textFrom();
        int to = cursor.textTo();
        if (ATTACHMENT.holds(json, from, to)) {
            attachments++;
            cursor.skipValue();
        } else {
            value(json, cursor, TEXT.holds(json, from, to));
        }
    }
}
