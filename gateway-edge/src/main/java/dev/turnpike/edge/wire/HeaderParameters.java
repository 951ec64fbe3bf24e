package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.BodyFaultException.Reason;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A header value with parameters: {@code form-data; name="file"; filename="a.wav"}. A value that
 * two readers could take apart differently is refused: a parameter twice, an escaped quote, text
 * that belongs to no parameter.
 *
 * @param value what stands in front of the parameters, in lower case
 * @param parameters by their names in lower case
 */
record HeaderParameters(String value, Map<String, String> parameters) {
    private static final String SEPARATORS = "()<>@,;:\\\"/[]?={} \t";

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /**
     * @param what names the header in the message of a fault
     */
    static HeaderParameters parse(String text, String what) throws BodyFaultException {
        int end = text.indexOf(';');
        var value = (end < 0 ? text : text.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        var parser = new Parser(text, end < 0 ? text.length() : end, what);
        return new HeaderParameters(value, parser.parameters());
    }

    /** Goes through the text once. */
    private static final class Parser {
        private final String text;
        private final String what;
        private int at;

        Parser(String text, int from, String what) {
            this.text = text;
            this.at = from;
            this.what = what;
        }

        Map<String, String> parameters() throws BodyFaultException {
            var found = new HashMap<String, String>(4);
            while (at < text.length()) {
                if (text.charAt(at) != ';') {
                    throw fault();
                }
                at++;
                blanks();
                if (at == text.length()) {
                    break; // Some end with a semicolon.
                }
                var name = token().toLowerCase(Locale.ROOT);
                if (at == text.length() || text.charAt(at) != '=') {
                    throw fault();
                }
                at++;
                var value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
                if (found.put(name, value) != null) {
                    throw fault();
                }
                blanks();
            }
            return Map.copyOf(found);
        }

        private void blanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private String token() throws BodyFaultException {
            int from = at;
            while (at < text.length() && SEPARATORS.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (at == from) {
                throw fault();
            }
            return text.substring(from, at);
        }

        /** Some take a backslash for itself, others for an escape: before a quote it matters. */
        private String quoted() throws BodyFaultException {
            int end = text.indexOf('"', at + 1);
            if (end < 0 || text.charAt(end - 1) == '\\') {
                throw fault();
            }
            var value = text.substring(at + 1, end);
            at = end + 1;
            return value;
        }

        private BodyFaultException fault() {
            return new BodyFaultException(
                    Reason.INVALID_REQUEST, null, "the " + what + " is malformed or ambiguous");
        }
    }
}
