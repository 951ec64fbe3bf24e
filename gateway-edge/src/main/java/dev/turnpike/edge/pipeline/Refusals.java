package dev.turnpike.edge.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What targets are known to refuse of that which we say on our own account. All customers of a
 * target share it, so that nothing one of them writes may bring it about. Thread-safe.
 */
final class Refusals {
    /** Times a target is asked again: each time one member less, until none is left to blame. */
    static final int AGAIN_MAX = Dispensable.values().length - 1;

    /** Members of targets remembered; for more is asked twice. */
    private static final int REMEMBERED_MAX = 10_000;

    /** How long each is: a target learns, too, and what was wrong about it must not last. */
    static final Duration REMEMBERED_FOR = Duration.ofHours(1);

    private final Cache<Refused, Boolean> refused;

    private record Refused(
            Provider provider, @Nullable String baseUrl, String model, Dispensable what) {}

    /**
     * A member that is left out of the next try.
     *
     * @param unknown whether the target said that it does not know it, and not that the client's
     *     value is wrong
     */
    record Blame(Dispensable what, boolean unknown) {
        /** What is left out now, if that was {@code before}. */
        Set<Dispensable> leftOutWith(Set<Dispensable> before) {
            var both = EnumSet.of(what);
            both.addAll(before);
            return both;
        }
    }

    Refusals() {
        this(Ticker.systemTicker());
    }

    Refusals(Ticker ticker) {
        refused =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED_MAX)
                        .expireAfterWrite(REMEMBERED_FOR)
                        .ticker(ticker)
                        .executor(Runnable::run)
                        .build();
    }

    /** What is not to be said to {@code target}. */
    Set<Dispensable> of(Target target, String model) {
        if (refused.asMap().isEmpty()) {
            return Set.of(); // As nearly always: nothing is looked up.
        }
        var known = EnumSet.noneOf(Dispensable.class);
        for (var what : Dispensable.values()) {
            if (refused.getIfPresent(key(target, model, what)) != null) {
                known.add(what);
            }
        }
        return known;
    }

    /**
     * Remembers that {@code target} refused a request and accepted the same without what was
     * blamed. Only that one member: of those left out before it is not known whether they were
     * refused or quoted. Nothing is learned from a value that was refused, nor of streams whose
     * client wrote options of its own: the next client's may be fine.
     *
     * @param without all that was left out
     */
    void learned(Target target, String model, Blame blame, Set<Dispensable> without) {
        if (blame.unknown() && !without.contains(Dispensable.CLIENT_STREAM_OPTIONS)) {
            // Its hour is not begun anew by others who were under way.
            refused.asMap().putIfAbsent(key(target, model, blame.what()), true);
        }
    }

    /**
     * What to leave out next of a request that was refused; nothing when it should not be sent
     * again. The count of a stream goes only when nothing else can be blamed.
     */
    static Optional<Blame> next(UpstreamError error, TargetForm form) {
        var said = form.dispensable();
        for (var what : Dispensable.values()) {
            if (error.blamed().contains(what) && said.contains(what)) {
                return Optional.of(new Blame(what, error.unknown()));
            }
        }
        return Optional.empty();
    }

    private static Refused key(Target target, String model, Dispensable what) {
        return new Refused(target.provider(), target.baseUrl(), model, what);
    }
}
