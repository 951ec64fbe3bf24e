package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.usage.domain.KeyOwners.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells when keys were last used: the first use at once, later ones once a minute and key, and in
 * the end the newest, to the second. What comes late or twice never moves it back, and a key that
 * took the prefix of another does not hear of the uses of that one, wherever they were added up.
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
    private final KeyOwners owners;
    private String lookedAt = "";

    public KeyUses(KeyUseState state, KeyOwners owners) {
        this.state = state;
        this.owners = owners;
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
        var known =
                state.find(caller.apiKeyPrefix())
                        .filter(of -> of.newest().groupId().equals(use.groupId()))
                        .orElse(null);
        if (known != null && !at.isAfter(known.newest().lastUsedAt().plus(STEP))) {
            return Optional.empty();
        }
        if (known == null || !wall.isBefore(known.quietUntil())) {
            return owner(use) == Owner.ANOTHER
                    ? heldBack(use, wall)
                    : Optional.of(published(use, wall));
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
                    .map(KnownUse::newest)
                    .ifPresent(use -> {
                        if (owner(use) == Owner.ANOTHER) {
                            state.remove(key);
                        } else {
                            due.add(published(use, wall));
                        }
                    });
        }
        return due;
    }

    /**
     * Forgets keys that are gone, looking at no more than {@code countMax} of all in turn.
     *
     * @return those whose record is to be deleted; that of a key whose prefix another one has taken
     *     belongs to that one
     */
    public List<KeyPrefix> forget(Instant wall, int countMax) {
        var seen = state.after(lookedAt, countMax);
        lookedAt = seen.size() < countMax ? "" : seen.getLast().newest().apiKeyPrefix().value();
        var gone = new ArrayList<KeyPrefix>();
        for (var known : seen) {
            var use = known.newest();
            if (use.lastUsedAt().plus(KEPT).isBefore(wall)) {
                switch (owner(use)) {
                    case ITSELF -> {}
                    case ANOTHER -> state.remove(use.apiKeyPrefix());
                    case NOBODY -> {
                        state.remove(use.apiKeyPrefix());
                        gone.add(use.apiKeyPrefix());
                    }
                }
            }
        }
        return gone;
    }

    private Owner owner(KeyUse use) {
        return owners.of(use.apiKeyPrefix(), use.groupId());
    }

    /**
     * A use by a key that is not there: of one that was replaced, and came late, or of one that is
     * newer than what we know. After a minute it is known which.
     */
    private Optional<KeyUse> heldBack(KeyUse use, Instant wall) {
        if (state.find(use.apiKeyPrefix()).isEmpty()) {
            var until = wall.plus(QUIET);
            state.schedule(until, use.apiKeyPrefix());
            state.put(new KnownUse(use, until, true));
        }
        return Optional.empty();
    }

    private KeyUse published(KeyUse use, Instant wall) {
        state.put(new KnownUse(use, wall.plus(QUIET), false));
        return use;
    }
}
