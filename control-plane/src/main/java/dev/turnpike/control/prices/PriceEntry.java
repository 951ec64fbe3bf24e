package dev.turnpike.control.prices;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.control.domain.Command.PriceTerms;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.unit.TokenRate;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One price of the file. Mistakes are collected, never thrown. */
final class PriceEntry {
    private static final Set<String> FIELDS =
            Set.of(
                    "slug",
                    "provider",
                    "target_model",
                    "input",
                    "cached_input",
                    "cache_write",
                    "output",
                    "reasoning",
                    "valid_from",
                    "valid_to");
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int ULID_LENGTH = 26;
    private static final int DECIMAL_LENGTH_MAX = 32;

    private final JsonNode node;
    private final String at;
    private final List<String> mistakes;

    private PriceEntry(JsonNode node, String at, List<String> mistakes) {
        this.node = node;
        this.at = at;
        this.mistakes = mistakes;
    }

    static Optional<PriceTerms> read(JsonNode node, String at, List<String> mistakes) {
        int before = mistakes.size();
        var terms = new PriceEntry(node, at, mistakes).terms();
        return mistakes.size() == before ? Optional.of(terms) : Optional.empty();
    }

    /** Prices of the same match whose validity overlaps. */
    static List<String> overlaps(List<PriceTerms> terms) {
        var found = new ArrayList<String>();
        for (int i = 0; i < terms.size(); i++) {
            for (int j = 0; j < i; j++) {
                var a = terms.get(i);
                var b = terms.get(j);
                if (match(a).equals(match(b)) && startsBeforeEnd(a, b) && startsBeforeEnd(b, a)) {
                    found.add(match(a) + ": two prices are valid at " + later(a, b));
                }
            }
        }
        return found;
    }

    private PriceTerms terms() {
        for (var name : (Iterable<String>) node::fieldNames) {
            if (!FIELDS.contains(name)) {
                mistake(name, "unknown field");
            }
        }
        var slug = text("slug");
        var provider = provider();
        var model = text("target_model");
        if ((slug == null) == (provider == null) || (provider == null) != (model == null)) {
            mistake("slug", "either slug, or provider with target_model");
        }
        if (slug != null && Slug.parse(slug).isEmpty()) {
            mistake("slug", "must have the form prefix/name");
        }
        var from = Optional.ofNullable(time("valid_from")).orElse(Instant.EPOCH);
        var to = time("valid_to");
        if (to != null && !to.isAfter(from)) {
            mistake("valid_to", "must be after valid_from");
        }
        return new PriceTerms(
                id(slug, provider, model, from),
                slug,
                provider,
                model,
                required("input"),
                rate("cached_input"),
                rate("cache_write"),
                required("output"),
                rate("reasoning"),
                from,
                to);
    }

    private @Nullable Provider provider() {
        var text = text("provider");
        for (var provider : Provider.values()) {
            if (provider.name().equals(text)) {
                return provider;
            }
        }
        if (text != null) {
            mistake("provider", "must be one of " + Arrays.toString(Provider.values()));
        }
        return null;
    }

    private TokenRate required(String name) {
        var rate = rate(name);
        if (rate == null && !node.hasNonNull(name)) {
            mistake(name, "is required");
        }
        return rate == null ? new TokenRate(0) : rate;
    }

    private @Nullable TokenRate rate(String name) {
        var value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        var text = value.isTextual() || value.isNumber() ? value.asText() : "";
        try {
            var decimal = new BigDecimal(text.length() > DECIMAL_LENGTH_MAX ? "" : text);
            if (decimal.scale() >= -DECIMAL_LENGTH_MAX) {
                return TokenRate.ofUsdPerMillion(decimal);
            }
        } catch (ArithmeticException | IllegalArgumentException e) {
            mistake(name, "must be US dollars per million tokens, at most six decimal places");
            return null;
        }
        mistake(name, "is out of range");
        return null;
    }

    private @Nullable Instant time(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return text.length() == "2026-10-01".length()
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException e) {
            mistake(name, "must be a date or a time such as 2026-10-01T00:00:00Z");
            return null;
        }
    }

    private @Nullable String text(String name) {
        var value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            mistake(name, "must be a text");
            return null;
        }
        return value.textValue();
    }

    private void mistake(String name, String what) {
        mistakes.add(at + "." + name + ": " + what);
    }

    private static String match(PriceTerms terms) {
        var slug = terms.slug();
        return slug != null ? slug : terms.provider() + " " + terms.targetModel();
    }

    private static boolean startsBeforeEnd(PriceTerms a, PriceTerms b) {
        var end = b.validTo();
        return end == null || a.validFrom().isBefore(end);
    }

    private static Instant later(PriceTerms a, PriceTerms b) {
        return a.validFrom().isAfter(b.validFrom()) ? a.validFrom() : b.validFrom();
    }

    /** The same match and begin always give the same id, so a changed rate is a new version. */
    private static PriceId id(
            @Nullable String slug,
            @Nullable Provider provider,
            @Nullable String model,
            Instant from) {
        var name = slug + "\n" + provider + "\n" + model + "\n" + from;
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.getBytes(StandardCharsets.UTF_8));
            var text = new StringBuilder();
            for (int i = 0; i < ULID_LENGTH; i++) {
                text.append(CROCKFORD.charAt(digest[i] & 31));
            }
            return PriceId.ofUlid(text.toString());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 on this platform", e);
        }
    }
}
