package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The keys that were used in one partition, and when to look at them again. Reads see earlier
 * writes. Used by one thread at a time.
 */
public interface KeyUseState {
    Optional<KnownUse> find(KeyPrefix key);

    void put(KnownUse use);

    void remove(KeyPrefix key);

    /** Has {@link #takeDue} name {@code key} from then on. */
    void schedule(Instant at, KeyPrefix key);

    /** Takes out keys whose time has come, the earliest first, at most {@code countMax}. */
    List<KeyPrefix> takeDue(Instant now, int countMax);

    /**
     * Keys in the order of their names, at most {@code countMax}.
     *
     * @param after the last one that was seen; the empty text begins
     */
    List<KnownUse> after(String after, int countMax);
}
