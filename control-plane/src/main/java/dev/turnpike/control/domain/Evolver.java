package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Resource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a fact does to the image. */
public final class Evolver {
    private Evolver() {}

    /**
     * @param touched state keys whose record the fact changed or removed, each once
     */
    public record Evolved(Image image, List<String> touched) {
        public Evolved {
            touched = List.copyOf(touched);
        }
    }

    /**
     * Folds one fact. It never refuses: a fact in the log has happened.
     *
     * @throws IllegalStateException if the log is corrupt: a group without its parent
     */
    public static Evolved evolve(Image image, ControlEvent event) {
        return evolve(image, event.before(), event.after());
    }

    static Evolved evolve(Image image, FactDraft fact) {
        return evolve(image, fact.before(), fact.after());
    }

    private static Evolved evolve(
            Image image, @Nullable Resource before, @Nullable Resource after) {
        if (after == null) {
            if (before == null) {
                throw new IllegalStateException("a fact without before and after");
            }
            return new Evolved(image.without(before.stateKey()), List.of(before.stateKey()));
        }
        var touched = new ArrayList<String>();
        touched.add(after.stateKey());
        var next = image.with(after);
        if (after instanceof Group now
                && before instanceof Group then
                && !now.models().equals(then.models())) {
            next = recomputed(next, now, touched);
        }
        return new Evolved(next, touched);
    }

    /** Rewrites the effective models below a group whose models changed. */
    private static Image recomputed(Image image, Group changed, List<String> touched) {
        var next = image;
        for (var group : GroupTree.descendants(image, changed)) {
            var computed = GroupTree.computed(next, group);
            if (!computed.effectiveModels().equals(group.effectiveModels())) {
                next = next.with(computed);
                touched.add(computed.stateKey());
            }
        }
        return next;
    }
}
