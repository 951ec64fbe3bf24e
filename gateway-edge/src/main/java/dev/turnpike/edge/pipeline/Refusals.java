package dev.turnpike.edge.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.schemas.control.Target;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** What targets are known to refuse of that which we say on our own account. Thread-safe. */
final class Refusals {
    /** Times a target is asked again without what it refused: one may be named after the other. */
    static final int AGAIN_MAX = 3;

    /** Targets remembered; more are asked twice. */
    private static final int TARGETS_MAX = 10_000;

    /** How long they are: what one client brought about must not cost all others their usage. */
    private static final Duration REMEMBERED_FOR = Duration.ofHours(1);

    private final Cache<String, Set<Dispensable>> refused =
            Caffeine.newBuilder().maximumSize(TARGETS_MAX).expireAfterWrite(REMEMBERED_FOR).build();

    /** What is not to be said to {@code target}. */
    Set<Dispensable> of(Target target, String model) {
        if (refused.asMap().isEmpty()) {
            return Set.of(); // As nearly always: nothing is looked up.
        }
        var known = refused.getIfPresent(key(target, model));
        return known == null ? Set.of() : known;
    }

    /**
     * Remembers that {@code target} accepted a request without that. Not to be called before: an
     * error may quote what its client wrote.
     */
    void learned(Target target, String model, Set<Dispensable> without) {
        refused.put(key(target, model), without);
    }

    /**
     * What to leave out next of a request that was refused; nothing when it should not be sent
     * again. The count of a stream goes only when nothing else can be blamed.
     */
    static Set<Dispensable> next(UpstreamError error, TargetForm form) {
        var next = EnumSet.noneOf(Dispensable.class);
        next.addAll(error.blamed());
        next.retainAll(form.dispensable());
        if (next.size() > 1) {
            next.remove(Dispensable.STREAM_OPTIONS);
        }
        return next;
    }

    static Set<Dispensable> both(Set<Dispensable> some, Set<Dispensable> more) {
        var both = EnumSet.copyOf(more);
        both.addAll(some);
        return both;
    }

    private static String key(Target target, String model) {
        return target.provider() + " " + target.baseUrl() + " " + model;
    }
}
