package dev.turnpike.control;

import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.log.Submission;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.id.KeyPrefix;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes the first owner key when the log holds no management key yet. Only its hash is stored; the
 * key itself is handed out once, after the commit. Used by one thread.
 */
final class FirstOwnerKey {
    private final Optional<Secret> supplied;
    private final String keyBrand;
    private final KeyHasher hasher;
    private final RandomGenerator random;
    private Optional<Secret> made = Optional.empty();

    /**
     * @param supplied taken as it is; empty generates one
     * @param keyBrand of keys for inference, such as {@code tp}
     * @param random cryptographically strong
     */
    FirstOwnerKey(
            Optional<Secret> supplied, String keyBrand, KeyHasher hasher, RandomGenerator random) {
        this.supplied = supplied;
        this.keyBrand = keyBrand;
        this.hasher = hasher;
        this.random = random;
    }

    /** The prefix of a supplied key, or empty when a key cannot have it: it names it in URLs. */
    static Optional<KeyPrefix> prefixOf(String key) {
        return KeyPrefix.parse(ApiKeyText.lookupPrefix(key))
                .filter(prefix -> prefix.value().chars().noneMatch(c -> c == '.' || c == '/'));
    }

    /** The creation, or nothing when there are keys already. */
    List<Submission> submissions(Image image) {
        if (image.count(Listing.all(ResourceKind.MANAGEMENT_KEY)) > 0) {
            // An earlier attempt of ours may have been committed without our knowing.
            made = made.filter(key -> exists(key, image));
            return List.of();
        }
        var key = supplied.orElseGet(this::generated);
        var prefix = prefixOf(key.reveal());
        if (prefix.isEmpty()) {
            throw new IllegalStateException("an owner key without a prefix");
        }
        made = Optional.of(key);
        var hash = hasher.hash(key.reveal());
        var command =
                new CreateManagementKey(
                        prefix.get(),
                        "first owner key",
                        Role.OWNER,
                        null,
                        hash.bytes(),
                        hash.pepperVersion(),
                        null);
        return List.of(Submission.ofSystem("first-start", at -> command));
    }

    private Secret generated() {
        var brand = ApiKeyText.managementBrand(keyBrand);
        return new Secret(ApiKeyText.generate(brand, random).whole());
    }

    private boolean exists(Secret key, Image image) {
        return prefixOf(key.reveal())
                .flatMap(prefix -> image.managementKey(prefix.value()))
                .filter(found -> hasher.matches(key.reveal(), found.hash(), found.pepperVersion()))
                .isPresent();
    }

    /** The key that was made, once. */
    Optional<Secret> take() {
        var key = made;
        made = Optional.empty();
        return key;
    }
}
