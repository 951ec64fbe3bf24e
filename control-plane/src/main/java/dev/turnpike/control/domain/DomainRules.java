package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateDomain;
import dev.turnpike.control.domain.Command.RotateCertificate;
import dev.turnpike.control.domain.Command.UpdateDomain;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.ResourceKind;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** What holds for the host names of the gateway. */
final class DomainRules {
    private DomainRules() {}

    static Decision create(CreateDomain c, Ask ask, Image image, Bounds bounds) {
        if (image.domain(c.host()).isPresent()) {
            return Decision.reject(Rule.HOST_TAKEN, "host");
        }
        if (image.count(Listing.all(ResourceKind.DOMAIN)) >= bounds.domainsMax()) {
            return Decision.full("An installation", bounds.domainsMax(), "domains");
        }
        var broken = check(c.prefixes(), image);
        if (broken.isPresent()) {
            return broken.get();
        }
        return Decision.one(
                FactDraft.created(
                        new Domain(
                                c.host(), c.prefixes(), c.certificate(), ask.at(), ask.at(), 1)));
    }

    static Decision update(UpdateDomain c, Ask ask, Image image) {
        return Decider.existing(
                image.domain(c.host()), ask, before -> update(c, ask, image, before));
    }

    private static Decision update(UpdateDomain c, Ask ask, Image image, Domain before) {
        var broken = check(c.prefixes(), image);
        if (broken.isPresent()) {
            return broken.get();
        }
        if (before.prefixes().equals(c.prefixes())) {
            return Decision.unchanged(before);
        }
        var after =
                new Domain(
                        before.host(),
                        c.prefixes(),
                        before.certificate(),
                        before.createdAt(),
                        ask.at(),
                        before.version() + 1);
        return Decision.one(FactDraft.updated(before, after));
    }

    static Decision rotate(RotateCertificate c, Ask ask, Image image) {
        return Decider.existing(image.domain(c.host()), ask, before -> rotate(c, ask, before));
    }

    private static Decision rotate(RotateCertificate c, Ask ask, Domain before) {
        if (c.certificate().serial() != before.nextSerial()) {
            return Decision.reject(Rule.RACED);
        }
        var after =
                new Domain(
                        before.host(),
                        before.prefixes(),
                        c.certificate(),
                        before.createdAt(),
                        ask.at(),
                        before.version() + 1);
        return new Decision.Accepted(
                List.of(new FactDraft("domain.certificate_rotated", before, after)), after);
    }

    private static Optional<Decision> check(List<String> prefixes, Image image) {
        var seen = new HashSet<String>();
        for (int i = 0; i < prefixes.size(); i++) {
            var at = "prefixes[" + i + "]";
            if (!seen.add(prefixes.get(i))) {
                return Optional.of(Decision.reject(Rule.PREFIX_TWICE, at));
            }
            if (!PrefixRules.allowed(prefixes.get(i), image)) {
                return Optional.of(Decision.reject(Rule.PREFIX_UNKNOWN, at));
            }
        }
        return Optional.empty();
    }
}
