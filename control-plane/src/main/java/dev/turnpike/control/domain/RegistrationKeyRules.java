package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateRegistrationKey;
import dev.turnpike.schemas.control.RegistrationKey;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import java.util.Arrays;

/** What holds for the public keys under which an operator's own keys are registered. */
final class RegistrationKeyRules {
    private RegistrationKeyRules() {}

    static Decision create(CreateRegistrationKey c, Ask ask, Image image, Bounds bounds) {
        var same = image.registrationKey(c.id().value());
        if (same.isPresent()) {
            return Decision.unchanged(same.get());
        }
        var all = Listing.all(ResourceKind.REGISTRATION_KEY);
        if (image.count(all) >= bounds.registrationKeysMax()) {
            return Decision.full(
                    "An installation", bounds.registrationKeysMax(), "registration keys");
        }
        if (image.list(all, null).anyMatch(key -> same(key, c.publicKey()))) {
            return Decision.reject(Rule.PUBLIC_KEY_TWICE, "public_key");
        }
        return Decision.one(
                FactDraft.created(
                        new RegistrationKey(
                                c.id(), c.name(), c.publicKey(), c.requireTimestamp(), ask.at())));
    }

    private static boolean same(Resource resource, byte[] publicKey) {
        return resource instanceof RegistrationKey key && Arrays.equals(key.publicKey(), publicKey);
    }
}
