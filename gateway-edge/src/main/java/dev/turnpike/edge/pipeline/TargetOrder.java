package dev.turnpike.edge.pipeline;

import dev.turnpike.schemas.control.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** In which order the targets of an endpoint are tried: by priority, within one drawn by weight. */
final class TargetOrder {
    private TargetOrder() {}

    /**
     * @param targets at least one
     * @return the same targets, first choice first
     */
    static List<Target> of(List<Target> targets, RandomGenerator random) {
        if (targets.size() == 1) {
            return targets;
        }
        var left = new ArrayList<>(targets);
        left.sort(Comparator.comparingInt(Target::priority));
        var order = new ArrayList<Target>(left.size());
        while (!left.isEmpty()) {
            int priority = left.getFirst().priority();
            int weights = 0;
            for (var target : left) {
                weights += target.priority() == priority ? target.weight() : 0;
            }
            int draw = random.nextInt(weights);
            int chosen = 0;
            while ((draw -= left.get(chosen).weight()) >= 0) {
                chosen++;
            }
            order.add(left.remove(chosen));
        }
        return order;
    }
}
