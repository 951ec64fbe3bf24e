package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Resource;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Room for one more key. Expired keys can still be read, but take nobody's place: when it is
 * needed, those that expired first are forgotten.
 */
final class KeyRoom {
    /** Expired keys forgotten together, so that not every new key looks through all. */
    static final int FORGOTTEN_MAX = 100;

    private KeyRoom() {}

    /**
     * What makes room for one more key.
     *
     * @param keys where it belongs
     * @param max so many of these may live
     * @return nothing more than the keys to forget, mostly none; empty when {@code max} keys live
     */
    static Optional<List<FactDraft>> in(Image image, Listing keys, int max, Instant at) {
        int count = image.count(keys);
        if (count < max) {
            return Optional.of(List.of());
        }
        var forgotten =
                image.list(keys, null)
                        .filter(key -> expired(key, at))
                        .sorted(Comparator.comparing(KeyRoom::end))
                        .limit(FORGOTTEN_MAX)
                        .map(FactDraft::forgotten)
                        .toList();
        return count - forgotten.size() < max ? Optional.of(forgotten) : Optional.empty();
    }

    private static boolean expired(Resource key, Instant at) {
        return !end(key).isAfter(at);
    }

    private static Instant end(Resource resource) {
        var end =
                switch (resource) {
                    case ApiKey key -> key.expiresAt();
                    case ManagementKey key -> key.expiresAt();
                    default -> throw new IllegalStateException("no key: " + resource.stateKey());
                };
        return or(end);
    }

    private static Instant or(@Nullable Instant end) {
        return end == null ? Instant.MAX : end;
    }
}
