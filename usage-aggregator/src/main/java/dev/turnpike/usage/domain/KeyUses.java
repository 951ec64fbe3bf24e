package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.KeyUse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells when keys were last used: the first use at once, later ones once a minute and key, and in
 * the end the newest, to the second. What comes late or twice never moves it back.
 *
 * <p>Besides the state it is given it remembers only how far it has looked for keys that are gone.
 */
public final class KeyUses {
    /** Between two publications about a key. */
    public static final Duration QUIET = Duration.ofMinutes(1);

    /** A use that is no more than this after the newest known one is not written down. */
    public static final Duration STEP = Duration.ofSeconds(1);

    /** A key that is gone is remembered for this long after its last use. */
    public static final Duration KEPT = Duration.ofDays(1);

    private final KeyUseState state;
    private final Predicate<KeyPrefix> exists;
    private String lookedAt = "";

    /**
     * @param exists whether there is such a key, as of a moment less than {@link #KEPT} ago
     */
    public KeyUses(KeyUseState state, Predicate<KeyPrefix> exists) {
        this.state = state;
        this.exists = exists;
    }

    /**
     * Takes in the request {@code call}.
     *
     * @param wall the wall clock; a use that an edge dates later than that counts as of now
     * @return what is to be published at once
     */
    public Optional<KeyUse> used(Call call, Instant wall) {
        var caller = call.caller();
        var at = call.admittedAt().isAfter(wall) ? wall : call.admittedAt();
        var use = new KeyUse(caller.apiKeyPrefix(), caller.groupId(), at);
        var known = state.find(caller.apiKeyPrefix()).orElse(null);
        if (known != null && !at.isAfter(known.newest().lastUsedAt().plus(STEP))) {
            return Optional.empty();
        }
        if (known == null || !wall.isBefore(known.quietUntil())) {
            return Optional.of(published(use, wall));
        }
        if (!known.waiting()) {
            state.schedule(known.quietUntil(), use.apiKeyPrefix());
        }
        state.put(new KnownUse(use, known.quietUntil(), true));
        return Optional.empty();
    }

    /** Uses that have waited their minute, at most {@code countMax}, to be published now. */
    public List<KeyUse> due(Instant wall, int countMax) {
        var due = new ArrayList<KeyUse>();
        for (var key : state.takeDue(wall, countMax)) {
            // It may have been published meanwhile, and wait for another minute to pass.
            state.find(key)
                    .filter(known -> known.waiting() && !wall.isBefore(known.quietUntil()))
                    .ifPresent(known -> due.add(published(known.newest(), wall)));
        }
        return due;
    }

    /**
     * Forgets keys that are gone, looking at no more than {@code countMax} of all in turn.
     *
     * @return those whose record is to be deleted
     */
    public List<KeyPrefix> forget(Instant wall, int countMax) {
        var seen = state.after(lookedAt, countMax);
        lookedAt = seen.size() < countMax ? "" : seen.getLast().newest().apiKeyPrefix().value();
        var gone =
                seen.stream()
                        .map(KnownUse::newest)
                        .filter(use -> use.lastUsedAt().plus(KEPT).isBefore(wall))
                        .map(KeyUse::apiKeyPrefix)
                        .filter(exists.negate())
                        .toList();
        gone.forEach(state::remove);
        return gone;
    }

    private KeyUse published(KeyUse use, Instant wall) {
        state.put(new KnownUse(use, wall.plus(QUIET), false));
        return use;
    }
}
