package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.PriceTerms;
import dev.turnpike.control.domain.Command.SetPrices;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.PriceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings the list of prices to what is wished, changing only what differs. */
final class PriceRules {
    private PriceRules() {}

    static Decision set(SetPrices c, Ask ask, Image image, Bounds bounds) {
        if (c.prices().size() > bounds.pricesMax()) {
            return Decision.full("An installation", bounds.pricesMax(), "prices");
        }
        var wished = new HashSet<PriceId>();
        var facts = new ArrayList<FactDraft>();
        for (var terms : c.prices()) {
            if (!wished.add(terms.id())) {
                return Decision.reject(Rule.PRICE_TWICE);
            }
            set(terms, ask, image.price(terms.id().value()).orElse(null), facts);
        }
        image.list(Listing.all(ResourceKind.PRICE), null)
                .filter(old -> old instanceof Price price && !wished.contains(price.id()))
                .map(FactDraft::deleted)
                .forEach(facts::add);
        return new Decision.Accepted(facts, null);
    }

    private static void set(
            PriceTerms terms, Ask ask, @Nullable Price before, List<FactDraft> facts) {
        if (before == null) {
            facts.add(FactDraft.created(price(terms, ask.at(), ask.at(), 1)));
            return;
        }
        var created = before.createdAt();
        var same = price(terms, created, before.updatedAt(), before.version());
        if (!same.equals(before)) {
            facts.add(
                    FactDraft.updated(
                            before, price(terms, created, ask.at(), before.version() + 1)));
        }
    }

    private static Price price(PriceTerms terms, Instant created, Instant updated, long version) {
        return new Price(
                terms.id(),
                terms.slug(),
                terms.provider(),
                terms.targetModel(),
                terms.input(),
                terms.cachedInput(),
                terms.cacheWrite(),
                terms.output(),
                terms.reasoning(),
                terms.validFrom(),
                terms.validTo(),
                created,
                updated,
                version);
    }
}
