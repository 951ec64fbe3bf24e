package dev.turnpike.runtime.http;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.schemas.webhook.CustomerField;
import java.util.Optional;
import java.util.regex.Pattern;

/** The name an installation shows in place of ours. */
public final class Branding {
    /** Prefix of headers of an installation that has chosen none. */
    public static final String DEFAULT_HEADER_PREFIX = "X-Turnpike";

    private static final String HEADER_PREFIX = "branding.header-prefix";
    private static final String KEY_BRAND = "branding.key-brand";
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*");
    private static final Pattern BRAND = Pattern.compile("[a-z][a-z0-9]{0,14}");
    private static final Pattern URL = Pattern.compile("https?://[^/?#\\s]+(?:/[^/?#\\s]+)*/?");
    private static final int PREFIX_LENGTH_MAX = 40;

    private Branding() {}

    /** Prefix of the headers that are not standard, such as {@code X-Turnpike}. */
    public static String headerPrefix(Settings settings) {
        var prefix =
                settings.text(
                        HEADER_PREFIX,
                        DEFAULT_HEADER_PREFIX,
                        "Prefix of the reply headers that are not standard.");
        if (!isHeaderPrefix(prefix)) {
            settings.mistake(
                    HEADER_PREFIX,
                    "must be 1 to " + PREFIX_LENGTH_MAX + " letters, digits and dashes");
        }
        return prefix;
    }

    /** Whether headers may begin with {@code text}. */
    public static boolean isHeaderPrefix(String text) {
        return text.length() <= PREFIX_LENGTH_MAX && PREFIX.matcher(text).matches();
    }

    /** What minted API keys begin with; keys of the management API have an {@code m} behind it. */
    public static String keyBrand(Settings settings) {
        var brand =
                settings.text(
                        KEY_BRAND,
                        "tp",
                        "What minted API keys begin with; management keys add an m.");
        if (!BRAND.matcher(brand).matches()) {
            settings.mistake(KEY_BRAND, "must be 1 to 15 lower-case letters and digits");
        }
        return brand;
    }

    /** How events name the operator's own id of a group. */
    public static CustomerField customerField(Settings settings) {
        return settings.bool(
                        "branding.external-customer-id",
                        false,
                        "Name the customer of an event as externalCustomerId too, its older name.")
                ? CustomerField.WITH_EXTERNAL_CUSTOMER_ID
                : CustomerField.EXTERNAL_ENTITY_ID;
    }

    /**
     * Where customers reach a listener, such as {@code https://api.example.com}, without a slash at
     * its end; empty when nothing is said.
     */
    public static Optional<String> publicUrl(Settings settings, String key, String description) {
        var url = settings.optionalText(key, description);
        if (url.isPresent() && !URL.matcher(url.get()).matches()) {
            settings.mistake(key, "must be a URL such as https://api.example.com");
        }
        return url.map(text -> text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    }
}
