package dev.turnpike.schemas.price;

import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Provider;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All prices at one moment of the control log. Immutable. */
public final class PriceBook {
    /** Of two prices for the same thing and time, the later one is meant to replace the earlier. */
    private static final Comparator<Price> NEWEST_FIRST =
            Comparator.comparing(Price::validFrom)
                    .thenComparing(Price::createdAt)
                    .thenComparing(price -> price.id().value())
                    .reversed();

    /** A book without prices. */
    public static final PriceBook EMPTY = new PriceBook(List.of());

    private final Map<String, List<Price>> bySlug = new HashMap<>();
    private final Map<ProviderModel, List<Price>> byModel = new HashMap<>();

    /**
     * @param prices in any order; one that is neither for a slug nor for a model is never used
     */
    public PriceBook(Collection<Price> prices) {
        for (var price : prices.stream().sorted(NEWEST_FIRST).toList()) {
            if (price.slug() != null) {
                bySlug.computeIfAbsent(price.slug(), slug -> new ArrayList<>()).add(price);
            } else if (price.provider() != null && price.targetModel() != null) {
                var model = new ProviderModel(price.provider(), price.targetModel());
                byModel.computeIfAbsent(model, unseen -> new ArrayList<>()).add(price);
            }
        }
    }

    /**
     * The price of a request: the slug's if one was valid at {@code admittedAt}, else the provider
     * model's; of several valid ones the one that became valid last.
     *
     * @param provider who answered, null when nobody did
     * @param targetModel the model name sent upstream, null when none was
     */
    public Optional<Price> priceFor(
            String slug,
            @Nullable Provider provider,
            @Nullable String targetModel,
            Instant admittedAt) {
        var own = validAt(admittedAt, bySlug.getOrDefault(slug, List.of()));
        if (own.isPresent() || provider == null || targetModel == null) {
            return own;
        }
        var model = new ProviderModel(provider, targetModel);
        return validAt(admittedAt, byModel.getOrDefault(model, List.of()));
    }

    private static Optional<Price> validAt(Instant at, List<Price> newestFirst) {
        return newestFirst.stream().filter(price -> price.validAt(at)).findFirst();
    }

    private record ProviderModel(Provider provider, String targetModel) {}
}
