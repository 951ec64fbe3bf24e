package dev.turnpike.edge.estimate;

import dev.turnpike.edge.wire.OutputMeter;

/**
 * Counts tokens of a text that comes in pieces, by weights instead of a vocabulary. Needs the same
 * few bytes for any length, and how the text is cut changes nothing, not even within a character or
 * an escape. One thread.
 *
 * <p>The weights follow the byte-pair encodings of the GPT family: a word is one token and each
 * further {@value #LETTERS_PER_TOKEN} letters of it another, three digits are one, other scripts
 * weigh by character.
 */
public final class StreamingEstimator implements OutputMeter {
    private static final int LETTERS_PER_TOKEN = 8;
    private static final int DIGITS_PER_TOKEN = 3;
    private static final int SPACES_PER_TOKEN = 16;

    /** Weights in thousandths of a token. */
    private static final int ONE = 1_000;

    private static final int IDEOGRAPH = 800;
    private static final int KANA = 700;
    private static final int HANGUL = 750;
    private static final int OTHER_LETTER = 400;
    private static final int SYMBOL = 700;
    private static final int EMOJI_HALF = 900;
    private static final int CONTROL = 500;

    private enum Run {
        NONE,
        LETTERS,
        DIGITS,
        SPACES,
        LINES
    }

    private long thousandths;
    private Run run = Run.NONE;
    private int toNextToken;

    // UTF-8 in progress.
    private int codePoint;
    private int bytesMissing;

    // A JSON escape in progress: 0 none, 1 after the backslash, 2 to 5 within four digits.
    private int escape;
    private int escaped;

    /** Tokens so far, rounded up. */
    public long tokens() {
        return Math.ceilDiv(thousandths, ONE);
    }

    /** Counts a piece of plain text. */
    public void add(String text) {
        for (int i = 0; i < text.length(); i++) {
            unit(text.charAt(i));
        }
    }

    /** Counts a piece of the inside of a JSON string. */
    @Override
    public void onText(byte[] json, int from, int to) {
        int at = from;
        while (at < to) {
            int b = json[at] & 0xff;
            if (escape > 0) {
                withinEscape(b);
                at++;
            } else if (b == '\\') {
                escape = 1;
                at++;
            } else if (asciiLetter(b)) {
                int end = wordEnd(json, at, to);
                bytesMissing = 0;
                run(Run.LETTERS, 1, LETTERS_PER_TOKEN, end - at);
                at = end;
            } else {
                utf8(b);
                at++;
            }
        }
    }

    /** Most of most texts are words, which need not be counted letter by letter. */
    private static int wordEnd(byte[] json, int from, int to) {
        int at = from + 1;
        while (at < to && asciiLetter(json[at])) {
            at++;
        }
        return at;
    }

    private static boolean asciiLetter(int b) {
        int letter = (b | 0x20) - 'a';
        return letter >= 0 && letter < 26;
    }

    private void withinEscape(int b) {
        if (escape == 1) {
            if (b == 'u') {
                escape = 2;
                escaped = 0;
            } else {
                escape = 0;
                unit(meaning(b));
            }
            return;
        }
        escaped = (escaped << 4) + Math.max(0, Character.digit((char) b, 16));
        escape++;
        if (escape == 6) {
            escape = 0;
            unit((char) escaped);
        }
    }

    private static char meaning(int escapeLetter) {
        return switch (escapeLetter) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> (char) escapeLetter;
        };
    }

    private void utf8(int b) {
        if (b < 0x80) {
            bytesMissing = 0;
            unit((char) b);
        } else if (b < 0xc0) {
            if (bytesMissing > 0) {
                codePoint = (codePoint << 6) + (b & 0x3f);
                bytesMissing--;
                if (bytesMissing == 0) {
                    wholeCodePoint();
                }
            }
        } else {
            bytesMissing = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
            codePoint = b & (0x3f >> bytesMissing);
        }
    }

    private void wholeCodePoint() {
        if (Character.isBmpCodePoint(codePoint)) {
            unit((char) codePoint);
        } else if (Character.isValidCodePoint(codePoint)) {
            unit(Character.highSurrogate(codePoint));
            unit(Character.lowSurrogate(codePoint));
        }
    }

    /** One UTF-16 unit; everything comes down to these. */
    private void unit(char c) {
        if (c == ' ') {
            run(Run.SPACES, 2, SPACES_PER_TOKEN, 1); // A single one belongs to the next word.
        } else if (c == '\n' || c == '\r') {
            run(Run.LINES, 1, SPACES_PER_TOKEN, 1);
        } else if (latin(c)) {
            run(Run.LETTERS, 1, LETTERS_PER_TOKEN, 1);
        } else if (c >= '0' && c <= '9') {
            run(Run.DIGITS, 1, DIGITS_PER_TOKEN, 1);
        } else {
            run = Run.NONE;
            thousandths += weight(c);
        }
    }

    /**
     * A run costs a token at its {@code first} element and at every {@code every}th after it.
     *
     * @param more elements that come now
     */
    private void run(Run kind, int first, int every, int more) {
        if (run != kind) {
            run = kind;
            toNextToken = first;
        }
        toNextToken -= more;
        while (toNextToken <= 0) {
            thousandths += ONE;
            toNextToken += every;
        }
    }

    private static boolean latin(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= 0xc0 && c < 0x250 && c != 0xd7 && c != 0xf7);
    }

    private static int weight(char c) {
        if (c >= 0x4e00 && c <= 0x9fff) {
            return IDEOGRAPH;
        }
        if (c >= 0x3040 && c <= 0x30ff) {
            return KANA;
        }
        if (c >= 0xac00 && c <= 0xd7a3) {
            return HANGUL;
        }
        if (Character.isSurrogate(c)) {
            return EMOJI_HALF;
        }
        if (c < ' ') {
            return CONTROL;
        }
        return Character.isLetter(c) ? OTHER_LETTER : SYMBOL;
    }
}
