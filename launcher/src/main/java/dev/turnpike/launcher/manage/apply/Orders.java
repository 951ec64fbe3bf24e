package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Orders of the same steps. The server checks each step against what is there by then: limits of a
 * tree may sink only from its leaves, as they may rise only from its root, and a group that goes
 * holds up the limits above it until it is gone.
 */
final class Orders {
    private Orders() {}

    /**
     * The orders to try when the given one is refused, the simple one first.
     *
     * @param groups what there is, by path
     */
    static List<List<Step>> others(List<Step> steps, Map<String, JsonNode> groups) {
        var lowered = Lowering.first(steps, groups);
        return Stream.of(bottomUp(steps), lowered, deletionsFirst(lowered))
                .filter(order -> !order.equals(steps) && order.size() <= Application.STEPS_MAX)
                .distinct()
                .toList();
    }

    static boolean changesGroup(Step step) {
        return step.kind() == Step.Kind.UPDATE && ofGroup(step);
    }

    private static List<Step> bottomUp(List<Step> steps) {
        var groups = steps.stream().filter(Orders::changesGroup).toList();
        if (groups.isEmpty()) {
            return steps;
        }
        var others = new ArrayList<>(steps);
        others.removeAll(groups);
        others.addAll(steps.indexOf(groups.getFirst()), groups.reversed());
        return others;
    }

    private static List<Step> deletionsFirst(List<Step> steps) {
        var order = new ArrayList<Step>(steps.size());
        steps.stream().filter(Orders::deletesGroup).forEach(order::add);
        steps.stream().filter(step -> !deletesGroup(step)).forEach(order::add);
        return order;
    }

    private static boolean deletesGroup(Step step) {
        return step.kind() == Step.Kind.DELETE && ofGroup(step);
    }

    private static boolean ofGroup(Step step) {
        return step.path().startsWith("/" + Sections.GROUPS + "/");
    }
}
