package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.DeletePrefix;
import dev.turnpike.control.domain.Command.RegisterPrefix;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Prefix;
import dev.turnpike.schemas.control.ResourceKind;

/** Which prefixes slugs may have: every one, or from the first registered on the registered. */
final class PrefixRules {
    private PrefixRules() {}

    /** Whether a slug may begin with {@code prefix}. */
    static boolean allowed(String prefix, Image image) {
        return image.count(Listing.all(ResourceKind.PREFIX)) == 0
                || image.prefix(prefix).isPresent();
    }

    static Decision register(RegisterPrefix c, Ask ask, Image image, Bounds bounds) {
        if (image.prefix(c.prefix()).isPresent()) {
            return Decision.reject(Rule.PREFIX_TWICE, "prefix");
        }
        if (image.count(Listing.all(ResourceKind.PREFIX)) >= bounds.prefixesMax()) {
            return Decision.full("An installation", bounds.prefixesMax(), "prefixes");
        }
        return Decision.one(FactDraft.created(new Prefix(c.prefix(), ask.at())));
    }

    static Decision delete(DeletePrefix c, Ask ask, Image image) {
        return Decider.existing(
                image.prefix(c.prefix()),
                ask,
                prefix ->
                        used(prefix.value(), image)
                                ? Decision.reject(Rule.PREFIX_IN_USE)
                                : Decision.one(FactDraft.deleted(prefix)));
    }

    private static boolean used(String prefix, Image image) {
        return image.list(Listing.all(ResourceKind.ENDPOINT), null)
                        .anyMatch(found -> ((Endpoint) found).slug().prefix().equals(prefix))
                || image.list(Listing.all(ResourceKind.DOMAIN), null)
                        .anyMatch(found -> ((Domain) found).prefixes().contains(prefix));
    }
}
