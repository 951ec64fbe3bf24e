package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.unit.TokenRate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost. A price is for a slug, or for a provider's model; the slug's wins.
 *
 * @param slug the slug it is for, null when it is for a provider's model
 * @param provider with {@code targetModel}, the model it is for; null when it is for a slug
 * @param cachedInput null charges {@code input}
 * @param cacheWrite null charges {@code input}
 * @param reasoning null charges {@code output}
 * @param validFrom inclusive, by the time of admission
 * @param validTo exclusive, null for ever
 * @param version counts the changes of this resource, from 1; entries name {@code id@version}
 */
public record Price(
        PriceId id,
        @Nullable String slug,
        @Nullable Provider provider,
        @Nullable String targetModel,
        TokenRate input,
        @Nullable TokenRate cachedInput,
        @Nullable TokenRate cacheWrite,
        TokenRate output,
        @Nullable TokenRate reasoning,
        Instant validFrom,
        @Nullable Instant validTo,
        Instant createdAt,
        Instant updatedAt,
        long version)
        implements Resource {
    @Override
    public ResourceKind kind() {
        return ResourceKind.PRICE;
    }

    @Override
    public String resourceId() {
        return id.value();
    }

    /** What a ledger entry says about the price it used: {@code id@version}. */
    public String versionLabel() {
        return id.value() + '@' + version;
    }

    /** Whether {@code at} falls in the interval of validity. */
    public boolean validAt(Instant at) {
        return !at.isBefore(validFrom) && (validTo == null || at.isBefore(validTo));
    }
}
