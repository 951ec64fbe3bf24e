package dev.turnpike.runtime.http;

import dev.turnpike.runtime.config.Settings;
import java.util.regex.Pattern;

/** The name an installation shows in place of ours. */
public final class Branding {
    private static final String HEADER_PREFIX = "branding.header-prefix";
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*");
    private static final int PREFIX_LENGTH_MAX = 40;

    private Branding() {}

    /** Prefix of the headers that are not standard, such as {@code X-Turnpike}. */
    public static String headerPrefix(Settings settings) {
        var prefix =
                settings.text(
                        HEADER_PREFIX,
                        "X-Turnpike",
                        "Prefix of the reply headers that are not standard.");
        if (prefix.length() > PREFIX_LENGTH_MAX || !PREFIX.matcher(prefix).matches()) {
            settings.mistake(
                    HEADER_PREFIX,
                    "must be 1 to " + PREFIX_LENGTH_MAX + " letters, digits and dashes");
        }
        return prefix;
    }
}
