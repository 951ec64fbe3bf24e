package dev.turnpike.runtime.outbound;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A URL that this installation may call, taken apart by one strict parser. Checking its shape says
 * nothing about where its host points: that is checked when connecting, by {@link AddressPolicy}.
 *
 * @param scheme {@code "http"} or {@code "https"}
 * @param host lower case, ASCII; an IPv6 literal stands without its brackets
 * @param port 1..65535, the scheme's own when the URL has none
 * @param target path and query as written, beginning with a slash; {@code "/"} when the URL has
 *     none
 */
public record OutboundUrl(String scheme, String host, int port, String target) {
    /** Longest URL accepted, in characters. */
    public static final int URL_CHARS_MAX = 2_048;

    private static final int HOST_CHARS_MAX = 253;
    private static final int LABEL_CHARS_MAX = 63;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern DOTTED_QUAD =
            Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");

    /** Which schemes pass. */
    public enum Policy {
        HTTPS_ONLY,
        HTTP_ALLOWED
    }

    /**
     * Refuses user information, fragments, control characters, spaces, non-ASCII paths, escapes in
     * the host, empty labels and every scheme but http(s).
     *
     * @throws InvalidUrlException saying what is wrong
     */
    public static OutboundUrl parse(String url, Policy policy) throws InvalidUrlException {
        checkCharacters(url);
        int schemeEnd = url.indexOf("://");
        var scheme = schemeEnd < 0 ? "" : url.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (!secure && !scheme.equals("http")) {
            throw new InvalidUrlException("the URL must begin with https:// or http://");
        }
        if (!secure && policy == Policy.HTTPS_ONLY) {
            throw new InvalidUrlException("the URL must begin with https://");
        }
        int from = schemeEnd + 3;
        int end = authorityEnd(url, from);
        var authority = url.substring(from, end);
        if (authority.indexOf('@') >= 0) {
            throw new InvalidUrlException("the URL must not hold a user name or password");
        }
        int colon = portColon(authority);
        var host = host(colon < 0 ? authority : authority.substring(0, colon));
        int port = colon < 0 ? (secure ? 443 : 80) : port(authority.substring(colon + 1));
        return new OutboundUrl(scheme, host, port, target(url.substring(end)));
    }

    /** Whether the connection is encrypted. */
    public boolean secure() {
        return scheme.equals("https");
    }

    /** The value of a {@code Host} header: host in brackets where needed, port unless default. */
    public String hostHeader() {
        var name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (secure() ? 443 : 80) ? name : name + ":" + port;
    }

    /** The path without query and without a slash at its end, so that a path can be appended. */
    public String basePath() {
        int query = target.indexOf('?');
        int end = query < 0 ? target.length() : query;
        while (end > 0 && target.charAt(end - 1) == '/') {
            end--;
        }
        return target.substring(0, end);
    }

    private static void checkCharacters(String url) throws InvalidUrlException {
        if (url.length() > URL_CHARS_MAX) {
            throw new InvalidUrlException(
                    "the URL must not be longer than " + URL_CHARS_MAX + " characters");
        }
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '\\' || Character.isISOControl(c)) {
                throw new InvalidUrlException("the URL holds a character that is not allowed");
            }
            if (c == '#') {
                throw new InvalidUrlException("the URL must not have a fragment");
            }
        }
    }

    private static int authorityEnd(String url, int from) {
        for (int i = from; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c == '/' || c == '?') {
                return i;
            }
        }
        return url.length();
    }

    private static int portColon(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? colon : -1;
    }

    private static String host(String text) throws InvalidUrlException {
        if (text.startsWith("[")) {
            return ipv6(text);
        }
        String ascii;
        try {
            ascii = IDN.toASCII(text).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw new InvalidUrlException("the host name is not valid");
        }
        checkLabels(ascii);
        checkNumber(ascii);
        return ascii;
    }

    private static String ipv6(String text) throws InvalidUrlException {
        if (!text.endsWith("]") || text.indexOf(':') < 0) {
            throw new InvalidUrlException("the host name is not valid");
        }
        var inner = text.substring(1, text.length() - 1).toLowerCase(Locale.ROOT);
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
                throw new InvalidUrlException("the host name is not valid");
            }
        }
        return inner;
    }

    /** No name ends in a number; resolvers read 0x7f.1, 0177.0.0.1 and 127.1 as addresses. */
    private static void checkNumber(String host) throws InvalidUrlException {
        var last = host.substring(host.lastIndexOf('.') + 1);
        if (NUMBER.matcher(last).matches() && !DOTTED_QUAD.matcher(host).matches()) {
            throw new InvalidUrlException("the host name is not valid");
        }
    }

    private static void checkLabels(String host) throws InvalidUrlException {
        int labelStart = 0;
        for (int i = 0; i <= host.length(); i++) {
            if (i < host.length() && host.charAt(i) != '.') {
                continue;
            }
            int length = i - labelStart;
            if (length == 0 || length > LABEL_CHARS_MAX) {
                throw new InvalidUrlException("the host name is not valid");
            }
            labelStart = i + 1;
        }
        if (host.length() > HOST_CHARS_MAX) {
            throw new InvalidUrlException("the host name is too long");
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            // The underscore is no host name by the book, but container networks use it.
            if (!letterOrDigit && c != '-' && c != '.' && c != '_') {
                throw new InvalidUrlException("the host name is not valid");
            }
        }
    }

    private static int port(String text) throws InvalidUrlException {
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || i > 4) {
                throw new InvalidUrlException("the port is not valid");
            }
            value = value * 10 + (c - '0');
        }
        if (value < 1 || value > 65_535) {
            throw new InvalidUrlException("the port is not valid");
        }
        return value;
    }

    private static String target(String rest) throws InvalidUrlException {
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            if (c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '^' || c == '`') {
                throw new InvalidUrlException("the path holds a character that must be escaped");
            }
        }
        return rest.startsWith("/") ? rest : "/" + rest;
    }
}
