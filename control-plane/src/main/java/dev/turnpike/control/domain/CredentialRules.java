package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateCredential;
import dev.turnpike.control.domain.Command.DeleteCredential;
import dev.turnpike.control.domain.Command.RotateCredential;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.ResourceKind;
import java.util.List;

/** What holds for the secrets of providers. */
final class CredentialRules {
    private CredentialRules() {}

    static Decision create(CreateCredential c, Ask ask, Image image, Bounds bounds) {
        var same = image.credential(c.id().value());
        if (same.isPresent()) {
            return Decision.unchanged(same.get());
        }
        if (image.count(Listing.all(ResourceKind.CREDENTIAL)) >= bounds.credentialsMax()) {
            return Decision.full("An installation", bounds.credentialsMax(), "credentials");
        }
        return Decision.one(
                FactDraft.created(
                        new Credential(
                                c.id(),
                                c.name(),
                                c.region(),
                                c.sealed(),
                                c.fingerprint(),
                                ask.at(),
                                ask.at(),
                                1)));
    }

    static Decision rotate(RotateCredential c, Ask ask, Image image) {
        return Decider.existing(
                image.credential(c.id().value()), ask, before -> rotate(c, ask, before));
    }

    private static Decision rotate(RotateCredential c, Ask ask, Credential before) {
        if (c.version() != before.version() + 1) {
            return Decision.reject(Rule.RACED);
        }
        var after =
                new Credential(
                        before.id(),
                        before.name(),
                        before.region(),
                        c.sealed(),
                        c.fingerprint(),
                        before.createdAt(),
                        ask.at(),
                        c.version());
        return new Decision.Accepted(
                List.of(new FactDraft("credential.rotated", before, after)), after);
    }

    static Decision delete(DeleteCredential c, Ask ask, Image image) {
        return Decider.existing(
                image.credential(c.id().value()),
                ask,
                credential ->
                        used(credential, image)
                                ? Decision.reject(Rule.CREDENTIAL_IN_USE)
                                : Decision.one(FactDraft.deleted(credential)));
    }

    private static boolean used(Credential credential, Image image) {
        return image.list(Listing.all(ResourceKind.ENDPOINT), null)
                .flatMap(resource -> ((Endpoint) resource).targets().stream())
                .anyMatch(target -> credential.id().equals(target.secretId()));
    }
}
